/** `tetra schedule`: what runs when; `simulate`, `pause`, `resume` and `trigger` behind it. */
import type { ExitCode } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { nearest } from "@tetra/core/engine"
import type { Call } from "../program.ts"

const actions = ["simulate", "pause", "resume", "trigger"] as const
type Action = (typeof actions)[number]

export const handle = async (call: Call): Promise<ExitCode> => {
  const [action, what, ...more] = call.args
  if (action === undefined) return await (await import("./schedule/list.ts")).handle(call)
  if (!actions.some((one) => one === action)) {
    const close = nearest(action, actions)
    throw new Refusal(`tetra schedule cannot ${action}`, {
      hint: close === undefined ? `it can ${actions.join(", ")}` : `did you mean \`tetra schedule ${close}\`?`
    })
  }
  if (more.length > 0) throw new Refusal(`"${more[0]}" is one argument too many`, { hint: `tetra schedule ${action} ${what}` })
  if (action === "simulate") return await (await import("./schedule/simulate.ts")).handle(call, what)
  return await (await import("./schedule/wish.ts")).handle(call, action as Exclude<Action, "simulate">, what)
}

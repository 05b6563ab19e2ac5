/** `tetra alerts`: what is wrong and who knows; `show`, `ack`, `silence`, `unsilence`, `test` and `backtest` behind it. */
import { nearest } from "@tetra/core/engine"
import type { ExitCode } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import type { Call } from "../program.ts"

const actions = {
  list: async () => await import("./alerts/list.ts"),
  show: async () => await import("./alerts/show.ts"),
  ack: async () => await import("./alerts/ack.ts"),
  silence: async () => await import("./alerts/silence.ts"),
  unsilence: async () => await import("./alerts/unsilence.ts"),
  test: async () => await import("./alerts/test.ts"),
  backtest: async () => await import("./alerts/backtest.ts")
} as const

export const handle = async (call: Call): Promise<ExitCode> => {
  const [action = "list", ...words] = call.args
  if (Object.hasOwn(actions, action)) {
    const { handle: perform } = await actions[action as keyof typeof actions]()
    return await perform(call, words)
  }
  const close = nearest(action, Object.keys(actions))
  throw new Refusal(`tetra alerts cannot ${action}`, {
    hint: close === undefined ? `it can ${Object.keys(actions).join(", ")}` : `did you mean \`tetra alerts ${close}\`?`
  })
}

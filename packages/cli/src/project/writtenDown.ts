/** Who changed the store from a terminal, and what came of it: the record that a server keeps of its requests, too. */
import { userInfo } from "node:os"
import { layerStore } from "@tetra/core/storage"
import { audit, plainParams } from "@tetra/daemon/audit"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { oneLine } from "../output/plain/text.ts"
import { warn } from "../output/warn.ts"
import type { Call } from "../program.ts"
import { hasAskedServer } from "../link/serverHere.ts"
import { changesNothing } from "./guardEnvironment.ts"
import { locationOf } from "./open.ts"
import { hasStore } from "./store.ts"

const write = async (command: string, { args, options, ...call }: Call, result: string): Promise<void> => {
  if (hasAskedServer()) return
  const place = locationOf({ args, options, ...call })
  if (!hasStore(place)) return
  const [first = "", ...rest] = args
  const [action, target] = command === "alerts" ? [`alerts ${first}`, rest.join(" ")] : [command, args.join(" ")]
  const deed = { actor: userInfo().username, via: "cli", action, target, params: plainParams(JSON.stringify(options)) } as const
  await Effect.runPromise(
    audit({ ...deed, result, request_id: "" }, Date.now()).pipe(
      Effect.provide(layerStore({ home: place.home, stateUrl: place.stateUrl })),
      Effect.scoped,
      Effect.asVoid,
      Effect.catch(({ message }) =>
        Effect.sync(() => warn(oneLine(`${action} is done, and could not be written down: ${message}`)))
      )
    )
  )
}
/** Does it, and writes it down with its end, unless a server has. What only says what it would do is not written down. */
export const writtenDown = async (command: string, call: Call, done: () => Promise<ExitCode>): Promise<ExitCode> => {
  if (changesNothing(command, call)) return await done()
  try {
    const code = await done()
    await write(command, call, code === exitCodes.completed ? "ok" : `failed ${code}`)
    return code
  } catch (error) {
    const result = error instanceof Refusal && error.code !== exitCodes.failed ? "refused" : "failed"
    // What went wrong is told by itself: a store that cannot be opened is no further word.
    await write(command, call, result).catch(() => undefined)
    throw error
  }
}

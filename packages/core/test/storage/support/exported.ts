/** Exported files in memory, for stores that are small. */
import { Effect } from "effect"
import { exportState, importState, type StateTables } from "../../../src/storage.ts"

export const linesOf = (state: StateTables) =>
  Effect.gen(function* () {
    let text = ""
    yield* exportState(state, (lines) => Effect.sync(() => (text += lines)))
    return text.split("\n").slice(0, -1)
  })
/** The lines come in pieces that end anywhere. */
export const importLines = (state: StateTables, lines: ReadonlyArray<string>) => {
  const pieces = lines.join("\n").match(/[^]{1,1000}/gu) ?? []
  const chunks = (async function* () {
    yield* pieces
  })()
  return importState(state, { name: "backup", chunks })
}

/** `tetra state verify`: every table against the event log, row by row, whether the events of every run are what was written, and the data. */
import { join, relative } from "node:path"
import process from "node:process"
import { openUpkeep, type VerifiedData, verifyData, verifyState } from "@tetra/core/storage"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { many } from "../../output/plain/amounts.ts"
import type { Call } from "../../program.ts"
import { flag, locationOf } from "../../project/open.ts"
import { hasStore, nothingToSee, print, printJson } from "../../project/store.ts"
import { amount, atMost, findingLines, onState, tell, tellFaulty, tellUncovered } from "./store.ts"

const dataLines = ({ faults, faulty, files }: VerifiedData, home: string): ReadonlyArray<string> =>
  faulty === 0
    ? [`every file of data is what is recorded: ${many(files, "file")} read`]
    : atMost(
        faults.map(({ file, what }) => `${relative(process.cwd(), join(home, file))} is ${what}`),
        faulty
      )

export const handle = async (call: Call): Promise<ExitCode> => {
  const place = locationOf(call)
  if (!hasStore(place)) throw nothingToSee()
  const withData = flag(call, "data")
  const { data, ...found } = await onState(call, true, (state, _place, tellDone) =>
    Effect.gen(function* () {
      const tables = yield* verifyState(state, tellDone)
      if (!withData) return { ...tables, data: undefined }
      return { ...tables, data: yield* verifyData(yield* openUpkeep({ ...place, readOnly: true }), tellDone) }
    })
  )
  const { differing, faulty } = found
  const areTablesGood = differing + faulty === 0
  const isGood = areTablesGood && (data?.faulty ?? 0) === 0
  if (flag(call, "json")) {
    printJson({ ...found, ...(data === undefined ? {} : { data }) })
    return isGood ? exitCodes.completed : exitCodes.failed
  }
  print(areTablesGood ? [`every table is what the log says: ${amount(found)}`] : findingLines(found))
  if (data !== undefined) print(dataLines(data, place.home))
  tellFaulty(found)
  tellUncovered(found)
  if (differing > 0) tell(`${many(differing, "row")} not as the log says; \`tetra state repair\` mends the tables`)
  if (data !== undefined && data.faulty > 0)
    tell(`${many(data.faulty, "file")} not as recorded; the next run that would reuse them makes them anew: \`tetra run\``)
  return isGood ? exitCodes.completed : exitCodes.failed
}

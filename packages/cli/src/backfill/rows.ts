/** How many rows there are for each window, in what the pipelines provide. */
import type { Asset, DatasetRef, Table } from "@tetra/core"
import { ArtifactStore, type Project, StateQueries, type Window } from "@tetra/core/engine"
import { Effect } from "effect"

const dayMs = 86_400_000
const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / dayMs
const microsADay = 86_400_000_000n

/** Adds the rows of a day to its window; windows follow one another without gaps. */
class Counts {
  readonly #starts: ReadonlyArray<number>
  readonly #last: number
  readonly counts: Array<number>
  constructor(windows: ReadonlyArray<Window>) {
    this.#starts = windows.map(({ start }) => dayOf(start))
    this.#last = dayOf(windows.at(-1)?.end ?? "1970-01-01")
    this.counts = windows.map(() => 0)
  }
  add(day: number): void {
    if (day > this.#last) return
    let [low, high] = [0, this.#starts.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#starts[middle] ?? Infinity) <= day) low = middle + 1
      else high = middle
    }
    if (low > 0) this.counts[low - 1] = (this.counts[low - 1] ?? 0) + 1
  }
}
/** A vector of days since 1970 or of microseconds. A missing cell lies before every window. */
const addDays = (counts: Counts, vector: unknown): void => {
  if (vector instanceof Int32Array) for (const day of vector) counts.add(day)
  else if (vector instanceof BigInt64Array) for (const at of vector) counts.add(Number(at / microsADay))
}
const countTable = async (data: DatasetRef, time: string, counts: Counts): Promise<void> => {
  for await (const { columns } of data.scan({ columns: [time] })) addDays(counts, columns[time])
}
/** The tables with a column of time that the pipelines provide, by asset. */
const datedTables = ({ catalogue }: Project, pipelines: ReadonlyArray<string>): ReadonlyMap<string, Table> => {
  const shapes = pipelines.flatMap((name) => catalogue.pipelines.get(name)?.shape ?? [])
  const provided = shapes.flatMap(({ stages }) => stages.flatMap((stage): ReadonlyArray<Asset> => [...stage.provides]))
  return new Map(
    provided.flatMap(({ name, type }) => (type.kind === "table" && type.time !== undefined ? [[name, type] as const] : []))
  )
}
/** One number a window, in their order: rows of the newest versions whose day is in it. */
export const rowsOfWindows = (project: Project, pipelines: ReadonlyArray<string>, windows: ReadonlyArray<Window>) =>
  Effect.gen(function* () {
    const queries = yield* StateQueries
    const store = yield* ArtifactStore
    const counts = new Counts(windows)
    for (const [asset, type] of datedTables(project, pipelines)) {
      const [newest] = yield* queries.assetVersions(asset, 1)
      if (newest?.output.kind !== "table" || type.time === undefined) continue
      const data = store.open(type, newest.output, newest.producer)
      yield* Effect.promise(() => countTable(data, type.time ?? "", counts))
    }
    return counts.counts
  })

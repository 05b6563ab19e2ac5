/** Past runs, and two of them side by side. Pure. */
import type { RunRow, Status } from "@tetra/core/engine"
import type { Mark } from "../../paint/theme.ts"

/** A run with what its stages did, as far as that is known. */
export interface RunDetail {
  readonly row: RunRow
  readonly stages: ReadonlyMap<
    string,
    { readonly durationMs: number | undefined; readonly status: Status; readonly reused: boolean; readonly rows?: number }
  >
}
export interface HistoryRow {
  readonly id: string
  readonly at: number
  readonly mark: Mark
  readonly mode: string
  readonly durationMs: number | undefined
  /** Share of the stages that were reused, 0 to 1; undefined when the stages are not known. */
  readonly reused: number | undefined
  readonly trigger: string
  readonly reason: string
}
export interface Fact {
  readonly name: string
  readonly before: string
  readonly after: string
}
export interface StageChange {
  readonly stage: string
  /** `undefined`: not part of that run. */
  readonly before: StageTaken | undefined
  readonly after: StageTaken | undefined
}
export interface StageTaken {
  readonly mark: Mark
  readonly durationMs: number | undefined
}
/** `before` is the older run. */
export interface RunComparison {
  readonly before: HistoryRow
  readonly after: HistoryRow
  /** Configuration, plan, mode, trigger, counts by status. */
  readonly facts: ReadonlyArray<Fact>
  /** In the order of the newer run, then what only the older one had. None until both are read. */
  readonly stages: ReadonlyArray<StageChange>
}
export interface HistoryView {
  /** Newest first. */
  readonly runs: ReadonlyArray<HistoryRow>
  readonly selected: string | undefined
  /** Ids of the runs that somebody marked, at most two. */
  readonly marked: ReadonlyArray<string>
  readonly comparison: RunComparison | undefined
  /** Epoch milliseconds. */
  readonly now: number
  /** IANA name of the zone that times are shown in. */
  readonly zone: string
  readonly empty: string
}

const takenOf = (stage: { status: Status; reused: boolean; durationMs: number | undefined }): StageTaken => ({
  mark: stage.status === "completed" && stage.reused ? "reused" : stage.status,
  durationMs: stage.durationMs
})
const rowOf = ({ row, stages }: RunDetail): HistoryRow => {
  const all = [...stages.values()]
  const isReused =
    row.status === "completed" && all.length > 0 && all.every(({ reused, status }) => reused || status === "skipped")
  return {
    id: row.id,
    at: row.requestedAt,
    mark: isReused ? "reused" : row.status,
    mode: row.mode ?? row.pipelines.join(" "),
    durationMs: row.endedAt === undefined ? undefined : row.endedAt - row.requestedAt,
    reused: all.length === 0 ? undefined : all.filter(({ reused }) => reused).length / all.length,
    trigger: row.trigger.kind,
    reason: row.reason ?? ""
  }
}
const counts = ({ stages }: RunDetail): string => {
  const marks = Map.groupBy(stages.values(), (stage) => takenOf(stage).mark)
  const words: ReadonlyArray<readonly [Mark, string]> = [
    ["completed", "computed"],
    ["reused", "reused"],
    ["partial", "partial"],
    ["failed", "failed"],
    ["cancelled", "cancelled"],
    ["skipped", "skipped"]
  ]
  return words.flatMap(([mark, word]) => (marks.has(mark) ? [`${marks.get(mark)!.length} ${word}`] : [])).join(", ")
}

/** The list of runs comes before what each consists of. Only a run that was refused has no stages. */
const isRead = ({ row, stages }: RunDetail): boolean => stages.size > 0 || row.status === "skipped"

/** The older run comes first, in whichever order the two are given. */
export const compareRuns = (one: RunDetail, other: RunDetail): RunComparison => {
  const [before, after] = one.row.requestedAt <= other.row.requestedAt ? [one, other] : [other, one]
  const areRead = isRead(before) && isRead(after)
  const names = areRead ? [...new Set([...after.stages.keys(), ...before.stages.keys()])] : []
  const fact = (name: string, read: (detail: RunDetail) => string): Fact => ({ name, before: read(before), after: read(after) })
  const taken = (detail: RunDetail, name: string) => {
    const stage = detail.stages.get(name)
    return stage === undefined ? undefined : takenOf(stage)
  }
  return {
    before: rowOf(before),
    after: rowOf(after),
    facts: [
      fact("configuration", ({ row }) => row.configVersion),
      fact("plan", ({ row }) => row.planHash.slice(0, 12)),
      fact("mode", ({ row }) => row.mode ?? row.pipelines.join(" ")),
      fact("trigger", ({ row }) => [row.trigger.kind, row.trigger.detail].filter((text) => text !== "").join(" ")),
      ...(areRead ? [fact("stages", counts)] : [])
    ],
    stages: names.map((stage) => ({ stage, before: taken(before, stage), after: taken(after, stage) }))
  }
}

/** What is compared with the selected run: the one mark, else the run before it with the same mode, else the run before it. */
const partnerOf = (runs: ReadonlyArray<RunDetail>, at: number, base: string | undefined): RunDetail | undefined => {
  const selected = runs[at]!
  const marked = runs.find(({ row }) => row.id === base && row.id !== selected.row.id)
  const older = runs.slice(at + 1)
  return marked ?? older.find(({ row }) => row.mode === selected.row.mode) ?? older[0]
}

/** `runs` newest first; `selected` and `marked` are run ids: two marked ones are compared, one with the selected one. Without a selection the newest run is compared. */
export const historyOf = (
  runs: ReadonlyArray<RunDetail>,
  options: {
    readonly selected: string | undefined
    readonly marked?: ReadonlyArray<string>
    readonly now: number
    readonly zone: string
    readonly empty?: string
  }
): HistoryView => {
  const at = Math.max(
    0,
    runs.findIndex(({ row }) => row.id === options.selected)
  )
  const marked = options.marked ?? []
  const [one, other] = marked.map((id) => runs.find(({ row }) => row.id === id)).filter((run) => run !== undefined)
  const partner = runs.length === 0 ? undefined : partnerOf(runs, at, marked[0])
  return {
    runs: runs.map(rowOf),
    selected: options.selected,
    marked,
    comparison:
      one !== undefined && other !== undefined
        ? compareRuns(one, other)
        : partner === undefined
          ? undefined
          : compareRuns(partner, runs[at]!),
    now: options.now,
    zone: options.zone,
    empty: options.empty ?? "no runs yet: r starts one"
  }
}

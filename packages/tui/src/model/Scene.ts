/** One moment of the dashboard as data: the world, what the person chose, and the lists that both give. Everything on the screen is made of it. */
import type { LogLine } from "@tetra/core/engine"
import { runRemaining } from "./estimate.ts"
import type { Keymap } from "./keymap.ts"
import { placeOf } from "./LogFilter.ts"
import { type Book, placesOf, streamOf } from "./logs/Book.ts"
import { LogIndex } from "./logs/LogIndex.ts"
import { EventIndex } from "./logs/EventIndex.ts"
import type { Stream } from "./Ring.ts"
import { isEnded } from "./RunModel.ts"
import { countsOf, type RowMark, shareOf, type StageRow, stageRows } from "./stages.ts"
import type { Ui, Verb, View } from "./Ui.ts"
import { keptAlerts, type RunAlert, runAlerts } from "./views/alerts.ts"
import type { Setting, World } from "./World.ts"

/** What the one who opened the dashboard lets it do. */
export interface Abilities {
  readonly verbs: ReadonlySet<Verb>
  /** The command line that does what `run` does: `tetra run --mode weekly`. */
  readonly line: string
  readonly views: ReadonlyArray<View>
  readonly readOnly: boolean
  /** The environment's name where mistakes are dear: a badge says so, and every question is one class stricter. */
  readonly production?: string | undefined
  /** Names of the themes that can be chosen. */
  readonly themes: ReadonlyArray<string>
  /** The keys in force, when the configuration remaps some. */
  readonly keymap?: Keymap
}
export interface Scene {
  readonly world: World
  readonly ui: Ui
  /** Epoch milliseconds; in a replay the time of the replay. */
  readonly now: number
  /** The dashboard's own clock: milliseconds that only grow, also while a replay stands still. */
  readonly clock: number
  readonly abilities: Abilities
  readonly stages: ReadonlyArray<StageRow>
  /** The lines that the log shows: those in memory, or a stretch of the file. */
  readonly log: Stream<LogLine>
  /** Places in `log` of the lines that pass the filter, and of those that have its text. */
  readonly shown: ReadonlyArray<number>
  readonly found: ReadonlyArray<number>
  /** What is wrong with the filter of the log. */
  readonly logProblem: string | undefined
  readonly events: ReadonlyArray<number>
  readonly settings: ReadonlyArray<Setting>
}
const includes = (text: string, filter: string): boolean => filter === "" || text.toLowerCase().includes(filter.toLowerCase())

/** Makes scenes. Keeps the lists of the long streams between two scenes. */
export class SceneMaker {
  private readonly logs = new LogIndex()
  private readonly events = new EventIndex()
  private pages: { readonly book: Book; readonly log: Stream<LogLine>; readonly shown: ReadonlyArray<number> } | undefined

  make(world: World, ui: Ui, now: number, abilities: Abilities, clock = now): Scene {
    const memory = this.logs.read(world.logs, ui.logs.filter, { now, startedAt: world.run.startedAt, attempts: world.attempts })
    const from = placeOf(memory.shown, ui.logs.clearedTo)
    const live = from === 0 ? memory.shown : memory.shown.slice(from)
    const pages = ui.logs.file && world.book !== undefined ? this.pagesOf(world.book) : undefined
    const settings = (world.desk.config ?? []).filter((s) => includes(`${s.path} ${s.value}`, ui.lists.config.filter))
    return {
      world,
      ui,
      now,
      clock,
      abilities,
      stages: stageRows(world.run, { sort: ui.sort, filter: ui.stageFilter, folded: ui.folded, now, history: world.history }),
      log: pages?.log ?? world.logs,
      shown: pages?.shown ?? live,
      found: pages === undefined ? memory.found : (world.search?.places ?? []),
      logProblem: memory.problem ?? world.search?.problem,
      events: this.events.read(world.events, ui.events.filter),
      settings
    }
  }
  private pagesOf(book: Book): NonNullable<SceneMaker["pages"]> {
    if (this.pages?.book !== book) this.pages = { book, log: streamOf(book), shown: placesOf(book) }
    return this.pages
  }
}

/** What is wrong or noteworthy now: what rules found, then what stands out in the run, each worst first. */
export const alertsOf = ({ now, ui, world }: Scene): ReadonlyArray<RunAlert> => [
  ...keptAlerts(world),
  ...runAlerts(world, now, ui.views.acknowledged)
]
/** The alerts that nobody has acknowledged. */
export const openAlerts = (scene: Scene): ReadonlyArray<RunAlert> => alertsOf(scene).filter(({ state }) => state === "firing")
export const isActive = (world: World): boolean =>
  world.link._tag !== "Replay" && world.run.run !== "" && !isEnded(world.run.status)
/** The link to the server is down: what is shown is old, and nothing can be asked. */
export const isStale = ({ link }: World): boolean => link._tag === "Attached" && link.state === "down"

/** Whether the picture changes while nothing happens: elapsed times and countdowns of a run that goes on. */
export const isMoving = (world: World): boolean =>
  (isActive(world) && !isStale(world)) ||
  (world.link._tag === "Replay" && world.link.playing && world.link.position < world.link.total)

export interface RunHead {
  readonly mode: string
  readonly id: string
  readonly mark: RowMark
  readonly word: string
  readonly share: number | undefined
  readonly counts: ReadonlyArray<readonly [RowMark, number]>
  readonly failed: number
  /** Milliseconds; undefined when it is not known or over. */
  readonly remaining: number | undefined
}
const wordOf = (world: World): string => {
  const { run } = world
  if (run.run === "") return world.isPlanning ? "planning" : "no run"
  if (isEnded(run.status)) return run.status
  if (run.cancelling !== undefined) return "stopping"
  if (run.paused !== undefined) return "paused"
  return run.queued === undefined ? run.status : "waiting"
}
export const headOf = ({ now, world }: Scene): RunHead => {
  const { run } = world
  const stages = [...run.stages.values()]
  return {
    mode: run.mode ?? [...run.pipelines.keys()].join(", "),
    id: run.run,
    mark: run.status === "pending" && run.run !== "" ? "queued" : run.status,
    word: wordOf(world),
    share: shareOf(stages),
    counts: countsOf(run),
    failed: stages.filter((s) => s.status === "failed").length,
    remaining: isEnded(run.status) || run.run === "" ? undefined : runRemaining(run, now, world.history)
  }
}
/** Lines around the cursor or at the end: enough for `height` rows in either direction. */
export const linesAround = (scene: Scene, height: number): ReadonlyArray<{ readonly place: number; readonly line: LogLine }> => {
  const { log, shown, ui } = scene
  const { cursor, top } = ui.logs
  const center = cursor === undefined ? shown.length : placeOf(shown, cursor)
  const from =
    cursor === undefined ? center - height : Math.min(center - height, Math.max(placeOf(shown, top), center - 2 * height))
  return shown.slice(Math.max(0, from), center + height + 1).flatMap((place) => {
    const line = log.at(place)
    return line === undefined ? [] : [{ place, line }]
  })
}

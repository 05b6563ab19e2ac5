/** Verbs: when they can be done, and what is asked before. The classes of confirmation are data. Pure. */
import { many, stopwatch } from "./amounts.ts"
import { isEnded } from "./RunModel.ts"
import { headOf, isActive, type Scene } from "./Scene.ts"
import { certaintyOf, classOf, graceOf, typedName } from "./classes.ts"
import type { Target } from "./keymap.ts"
import { isScheduleVerb, scheduleLine, scheduleQuestion, scheduleRefusal } from "./scheduleQuestions.ts"
import type { Question, Verb } from "./Ui.ts"

/** A line that runs everything anew: as it is, when it asks for that already. */
export const forced = (line: string): string => (/ --force\b/u.test(line) ? line : `${line} --force`)

/** The run that is meant: the shown one, or one of the history by the beginning or the end of its id. */
const runOf = ({ world }: Scene, of: Target | undefined): string | undefined => {
  const shown = world.run.run
  const wanted = of?.run
  if (wanted === undefined || wanted === shown) return shown
  const all = [shown, ...(world.desk.runs ?? []).map(({ row }) => row.id)].filter((id) => id !== "")
  const found = new Set(all.filter((id) => id.startsWith(wanted) || id.endsWith(wanted)))
  return found.size === 1 ? [...found][0] : undefined
}
/** The same from the command line. */
export const lineOf = (scene: Scene, verb: Verb, of?: Target): string => {
  if (isScheduleVerb(verb)) return scheduleLine(verb, of?.schedule ?? "")
  const run = runOf(scene, of) ?? of?.run ?? ""
  switch (verb) {
    case "retry":
      return `tetra retry ${run}${(of?.stages ?? []).map((stage) => ` --stage ${stage}`).join("")}`
    case "cancel":
    case "pause":
    case "resume":
      return `tetra ${verb} ${run}`
    default:
      return verb === "force" ? forced(scene.abilities.line) : scene.abilities.line
  }
}

/** Why a verb cannot be done now, in words for the footer. */
export const refusalOf = (scene: Scene, verb: Verb, of?: Target): string | undefined => {
  const { abilities, world } = scene
  if (abilities.readOnly) return "this dashboard only looks (--read-only)"
  if (!abilities.verbs.has(verb)) return `${verb} is not possible here`
  if (world.link._tag === "Attached" && world.link.state !== "live")
    return "the server does not answer: nothing is sent until it is back"
  if (scene.ui.grace !== undefined) return `${scene.ui.grace.label} is about to happen: u takes it back`
  if (isScheduleVerb(verb)) return scheduleRefusal(scene, verb, of?.schedule)
  const run = runOf(scene, of)
  if (run === undefined) return `no run, or more than one, is called ${of?.run}: 6 lists them`
  const active = isActive(world)
  if (verb === "cancel") {
    if (!active) return "nothing is running"
    if (run !== world.run.run) return `run ${run} is not the one that is shown: \`tetra cancel ${run}\` stops it`
    return world.run.cancelling === undefined ? undefined : "it is being stopped already"
  }
  if (verb === "pause" || verb === "resume") return active ? heldBack(world, verb) : "nothing is running"
  if (active) return "a run is under way; x cancels it"
  if (verb === "retry" && (run !== world.run.run || (of?.stages ?? []).length > 0)) return undefined
  if (verb === "retry" && !["failed", "partial", "cancelled", "running"].includes(world.run.status))
    return world.run.run === "" ? "there is no run to go on with" : "this run is completed: there is nothing to go on with"
  return undefined
}
const heldBack = ({ run }: Scene["world"], verb: "pause" | "resume"): string | undefined => {
  if (run.cancelling !== undefined) return "it is being stopped already"
  if (verb === "pause") return run.paused === undefined ? undefined : `it is paused already, ${run.paused}`
  return run.paused === undefined ? "it is not paused" : undefined
}
const nameOf = (scene: Scene): string => scene.world.run.mode ?? [...scene.world.run.pipelines.keys()][0] ?? "run"
const usual = (scene: Scene): string => {
  const sum = [...scene.world.history.values()].reduce((total, ms) => total + ms, 0)
  return sum > 0
    ? `computing every stage took ${stopwatch(sum)} of stage time before; what is unchanged is reused`
    : "what is unchanged is reused"
}
export const questionOf = (scene: Scene, verb: Verb, of?: Target): Question => {
  const { abilities, world } = scene
  const { run } = world
  const kind = classOf[verb]
  const pipelines = [...run.pipelines.keys()].join(", ")
  const base = {
    kind,
    label: verb,
    certainty: certaintyOf(kind, abilities.production !== undefined),
    name: typedName(kind, nameOf(scene), abilities.production),
    undo: graceOf(kind) > 0 ? "u takes it back within 3 seconds, later nothing does" : "x cancels it while it runs",
    line: lineOf(scene, verb, of)
  }
  if (isScheduleVerb(verb)) {
    const asked = scheduleQuestion(scene, verb, of?.schedule ?? "")
    return { ...base, ...asked, name: typedName(kind, of?.schedule ?? "", abilities.production) }
  }
  switch (verb) {
    case "run":
      return {
        ...base,
        title: "run again",
        lines: [pipelines === "" ? "the default mode" : `pipelines: ${pipelines}`, usual(scene)],
        command: { _tag: "Run", force: false }
      }
    case "force":
      return {
        ...base,
        title: "compute everything again",
        lines: [
          `pipelines: ${pipelines}`,
          `lost: what the cache could reuse of ${many(reusable(scene), "stage")}; published versions stay`,
          `computes: ${someOf([...run.stages.keys()])}`
        ],
        undo: "x cancels it while it runs; what is computed until then replaces what was kept",
        command: { _tag: "Run", force: true }
      }
    case "retry":
      return { ...base, ...retryOf(scene, runOf(scene, of) ?? run.run, of?.stages ?? []) }
    case "pause":
      return {
        ...base,
        title: `pause run ${run.run.slice(0, 12)} (${headOf(scene).mode})`,
        lines: ["no further attempt starts, in this run", "what runs comes to its end; p lets it go on"],
        command: { _tag: "Pause" }
      }
    case "resume":
      return {
        ...base,
        title: `let run ${run.run.slice(0, 12)} go on`,
        lines: [`it was paused ${run.paused ?? ""}`],
        command: { _tag: "Resume" }
      }
    default: {
      const running = [...run.stages.values()].filter((s) => s.status === "running").map((s) => s.name)
      const open = [...run.stages.values()].filter((s) => !isEnded(s.status)).length
      return {
        ...base,
        title: `cancel run ${run.run.slice(0, 12)} (${headOf(scene).mode})`,
        lines: [
          running.length === 0 ? "no stage is running" : `stops ${someOf(running)}`,
          `${many(open, "stage")} will not be finished; what was committed stays, \`tetra retry\` goes on from there`
        ],
        command: { _tag: "Cancel" }
      }
    }
  }
}

const retryOf = (
  { world: { run } }: Scene,
  id: string,
  stages: ReadonlyArray<string>
): Pick<Question, "title" | "lines" | "command"> => {
  const left = [...run.stages.values()].filter((s) => s.status !== "completed" && s.status !== "skipped").length
  const what = id === run.run ? `${many(left, "stage")} not completed; what was committed stays` : "what it did not complete"
  return {
    title: `go on with run ${id.slice(0, 12)}`,
    lines: [what, ...(stages.length === 0 ? [] : [`computed anew: ${someOf(stages)}`])],
    command: { _tag: "Retry", run: id, stages }
  }
}
const reusable = ({ world }: Scene): number =>
  [...world.run.stages.values()].filter((s) => s.status === "completed" || s.status === "partial").length
/** `a, b, c, d and 3 more`. */
const someOf = (names: ReadonlyArray<string>): string =>
  `${names.slice(0, 4).join(", ")}${names.length > 4 ? ` and ${names.length - 4} more` : ""}`

/** Verbs: when they can be done, and what is asked before. The classes of confirmation are data. Pure. */
import { many, stopwatch } from "./amounts.ts"
import { isEnded } from "./RunModel.ts"
import { headOf, isActive, type Scene } from "./Scene.ts"
import type { Certainty, Question, Verb } from "./Ui.ts"

/** Starting work takes one key, disturbing it a `y`, and what throws results away takes the typed name. */
export const certaintyOf: Readonly<Record<Verb, Certainty>> = {
  run: "key",
  retry: "key",
  resume: "key",
  cancel: "yes",
  pause: "yes",
  force: "name"
}

/** Why a verb cannot be done now, in words for the footer. */
export const refusalOf = (scene: Scene, verb: Verb): string | undefined => {
  const { abilities, world } = scene
  if (abilities.readOnly) return "this dashboard only looks (--read-only)"
  if (!abilities.verbs.has(verb)) return `${verb} is not possible here`
  const active = isActive(world)
  if (verb === "cancel") {
    if (!active) return "nothing is running"
    return world.run.cancelling === undefined ? undefined : "it is being stopped already"
  }
  if (verb === "pause" || verb === "resume") return active ? heldBack(world, verb) : "nothing is running"
  if (active) return "a run is under way; x cancels it"
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
export const questionOf = (scene: Scene, verb: Verb): Question => {
  const { abilities, world } = scene
  const { run } = world
  const certainty = certaintyOf[verb]
  const pipelines = [...run.pipelines.keys()].join(", ")
  const base = { certainty, name: nameOf(scene) }
  switch (verb) {
    case "run":
      return {
        ...base,
        title: "run again",
        lines: [pipelines === "" ? "the default mode" : `pipelines: ${pipelines}`, usual(scene)],
        command: { _tag: "Run", force: false },
        line: abilities.line
      }
    case "force":
      return {
        ...base,
        title: "compute everything again",
        lines: [`pipelines: ${pipelines}`, "results found by content are not reused; published versions stay"],
        command: { _tag: "Run", force: true },
        line: `${abilities.line} --force`
      }
    case "retry": {
      const left = [...run.stages.values()].filter((s) => s.status !== "completed" && s.status !== "skipped").length
      return {
        ...base,
        title: `go on with run ${run.run.slice(0, 12)}`,
        lines: [`${many(left, "stage")} not completed; what was committed stays`],
        command: { _tag: "Retry", run: run.run, stages: [] },
        line: `tetra run --resume ${run.run}`
      }
    }
    case "pause":
      return {
        ...base,
        title: `pause run ${run.run.slice(0, 12)} (${headOf(scene).mode})`,
        lines: ["no further attempt starts, in this run", "what runs comes to its end; p lets it go on"],
        command: { _tag: "Pause" },
        line: `tetra pause ${run.run}`
      }
    case "resume":
      return {
        ...base,
        title: `let run ${run.run.slice(0, 12)} go on`,
        lines: [`it was paused ${run.paused ?? ""}`],
        command: { _tag: "Resume" },
        line: `tetra resume ${run.run}`
      }
    default: {
      const running = [...run.stages.values()].filter((s) => s.status === "running").map((s) => s.name)
      const open = [...run.stages.values()].filter((s) => !isEnded(s.status)).length
      return {
        ...base,
        title: `cancel run ${run.run.slice(0, 12)} (${headOf(scene).mode})`,
        lines: [
          running.length === 0
            ? "no stage is running"
            : `stops ${running.slice(0, 4).join(", ")}${running.length > 4 ? ` and ${running.length - 4} more` : ""}`,
          `${many(open, "stage")} will not be finished; what was committed stays, \`tetra run\` goes on from there`
        ],
        command: { _tag: "Cancel" },
        line: `tetra cancel ${run.run}`
      }
    }
  }
}

/** Verbs on a schedule: when they can be done, and what is asked before. Pure. */
import type { Scene } from "./Scene.ts"
import type { Question, ScheduleVerb, Verb } from "./Ui.ts"
import type { Pause } from "./views/schedule.ts"

/** What the command line calls it. */
const actions = { pauseSchedule: "pause", resumeSchedule: "resume", trigger: "trigger" } as const
export const isScheduleVerb = (verb: Verb): verb is ScheduleVerb => Object.hasOwn(actions, verb)

/** The same from the command line. */
export const scheduleLine = (verb: ScheduleVerb, id: string): string => `tetra schedule ${actions[verb]} ${id}`

const pauseOf = ({ world: { desk } }: Scene, id: string): Pause | undefined =>
  desk.schedule?.records.paused.find(({ schedule }) => schedule === id)
/** Why it cannot be done now. */
export const scheduleRefusal = (scene: Scene, verb: ScheduleVerb, id: string | undefined): string | undefined => {
  if (id === undefined) return "choose a schedule first: 7 lists them"
  const known = scene.world.desk.schedule?.forecasts
  if (known !== undefined && !known.some((one) => one.id === id)) return `there is no schedule ${id}: 7 lists them`
  const isPaused = pauseOf(scene, id) !== undefined
  if (verb === "pauseSchedule" && isPaused) return `${id} is paused already`
  return verb === "resumeSchedule" && !isPaused ? `${id} is not paused` : undefined
}
/** Target, effect and how it is taken back. */
export const scheduleQuestion = (
  scene: Scene,
  verb: ScheduleVerb,
  id: string
): Pick<Question, "title" | "label" | "lines" | "undo" | "command"> => {
  const action = actions[verb]
  const command = { _tag: "Schedule", action, id } as const
  if (verb === "pauseSchedule")
    return {
      title: `pause the schedule ${id}`,
      label: `pause ${id}`,
      lines: ["its times pass without a run from now on, each recorded as paused", "what runs now goes on"],
      undo: "u takes it back within 3 seconds; p lets it go on",
      command
    }
  if (verb === "resumeSchedule")
    return {
      title: `let the schedule ${id} go on`,
      label: `resume ${id}`,
      lines: [
        `paused by ${pauseOf(scene, id)?.by ?? "somebody"}`,
        "it runs at its next time; what came due meanwhile stays left out"
      ],
      undo: "p pauses it again",
      command
    }
  return {
    title: `run ${id} now`,
    label: `trigger ${id}`,
    lines: [
      "the server runs it at once, whatever its schedule says; it waits for nothing before it",
      "what is unchanged is reused"
    ],
    undo: "x cancels it while it runs",
    command
  }
}

/** `Effect.log` and its levels: inside a stage lines of the stage, as those of its `log`; in the services of plugins lines of the run. */
import { Cause, Logger, type LogLevel, References } from "effect"
import type { StageTools } from "../authoring/defineStage.ts"

const levelOf = (level: LogLevel.LogLevel): keyof StageTools["log"] =>
  level === "Fatal" || level === "Error"
    ? "error"
    : level === "Warn"
      ? "warn"
      : level === "Debug" || level === "Trace"
        ? "debug"
        : "info"
/** A Date, a Map, an Error are values: they have no fields that could be told. */
const isFields = (part: unknown): part is Readonly<Record<string, unknown>> =>
  typeof part === "object" && part !== null && [Object.prototype, null].includes(Object.getPrototypeOf(part) as object | null)

/** Takes a line, whoever it is of. */
export type Say = (level: keyof StageTools["log"], message: string, fields: Readonly<Record<string, unknown>>) => void
/** Lines of whom no stage is: those of the services, and what is left to say when they close. */
export const sayingLog = (say: Say): ReadonlySet<Logger.Logger<unknown, unknown>> => {
  const at =
    (level: keyof StageTools["log"]): StageTools["log"]["info"] =>
    (message, fields = {}) =>
      say(level, message, fields)
  return effectLog({ debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") })
}

/** Plain objects of a message, and the annotations in force, become fields; the rest is its text. */
export const effectLog = (log: StageTools["log"]): ReadonlySet<Logger.Logger<unknown, unknown>> =>
  new Set([
    Logger.make<unknown, void>(({ cause, fiber, logLevel, message }) => {
      const parts: ReadonlyArray<unknown> = Array.isArray(message) ? message : [message]
      const told = cause.reasons.length === 0 ? [] : [Cause.pretty(cause).split("\n", 1)[0]]
      log[levelOf(logLevel)](
        [...parts.filter((part) => !isFields(part)), ...told].map(String).join(" "),
        Object.assign({}, fiber.getRef(References.CurrentLogAnnotations), ...parts.filter(isFields))
      )
    })
  ])

/** The machine-readable face of a run: one event a line. */
import type { LiveEvent } from "../domain.ts"

/**
 * Name and version of the line format. A line is a `StoredEvent` or a `LogLine` as the engine publishes it, plus `schema`. New kinds of events and
 * new fields may come under the same number; a field that changes its meaning or goes away raises it.
 */
export const eventSchema = "tetra/run-event@1"

/** One line without the line end. Line ends inside texts are escaped by JSON, so a line is always one event. */
export const eventLine = (event: LiveEvent): string => JSON.stringify({ schema: eventSchema, ...event })

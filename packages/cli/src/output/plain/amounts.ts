/** Numbers for people, as every renderer writes them. */
export { ago, bytes, clockTime, count, dateTime, duration, many, short, stopwatch } from "@tetra/tui/model"

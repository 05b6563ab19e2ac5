import process from "node:process"
import { glyph, lookOf, paint } from "./plain/look.ts"

/** One line on standard error that a person should read, and that costs nothing else. */
export const warn = (text: string): void => {
  const look = lookOf(process.stderr, process.env)
  process.stderr.write(`${paint(look, "warn", glyph(look, "warning"))} ${text}\n`)
}

/** Standard error is for people, who shall be able to type what it says. */
import { asTyped } from "./output/typed.ts"
import { replace } from "./replace.ts"

/** From now on the commands in what is written to `stream` are spelled as they have to be typed: `command` instead of `tetra`. */
export const spellOn = (stream: NodeJS.WriteStream, command: string): void => {
  if (command === "tetra") return
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: ReadonlyArray<unknown>) => boolean
  replace(stream, "write", (chunk: unknown, ...rest: ReadonlyArray<unknown>): boolean =>
    write(typeof chunk === "string" ? asTyped(chunk, command) : chunk, ...rest)
  )
}

/** Problems as lines for a person, no wider than the terminal. */
import type { Problem } from "@tetra/tui"
import { glyph, type Look, paint, toneOf } from "../output/plain/look.ts"
import { wrap } from "../output/plain/text.ts"
import { frameLines } from "./codeFrame.ts"

/** Problems that are shown; who mends them sees the others. */
const mostShown = 5

const textLines = (text: string, width: number | undefined): ReadonlyArray<string> =>
  width === undefined ? [text] : wrap(text, width - 4)
/** Each problem with the lines of its file; `mark` says how bad they are. */
export const problemLines = (problems: ReadonlyArray<Problem>, look: Look, mark: "failed" | "warning"): ReadonlyArray<string> => {
  const more = problems.length - mostShown
  return [
    ...problems.slice(0, mostShown).flatMap((problem) => {
      const [first = "", ...rest] = textLines(problem.text, look.width)
      return [
        `  ${paint(look, toneOf(mark), glyph(look, mark))} ${first}`,
        ...rest.map((line) => `    ${line}`),
        ...frameLines(problem.frame, look)
      ]
    }),
    ...(more > 0 ? [`  and ${more} more`] : [])
  ]
}

/** What stays in the scrollback when the dashboard closes: never more than a screen's worth. Pure. */
import type { LogLine } from "../domain.ts"
import type { RunModel } from "../output/model.ts"
import { clockTime } from "../output/plain/amounts.ts"
import { oneLine } from "../output/plain/text.ts"

/** Most lines that are left, and most log lines of one failed stage. */
export const mostLines = 20
export const linesPerStage = 5

const tailLines = (stage: string, lines: ReadonlyArray<LogLine>): ReadonlyArray<string> =>
  lines.length === 0
    ? []
    : [`  last lines of ${stage}:`, ...lines.map((line) => `    ${clockTime(line.at)} ${line.level} ${oneLine(line.message)}`)]
const isBlank = (line: string): boolean => line.trim() === ""
/** Rows of the end of the summary: where things are, and the next command. */
const lastPart = (closing: ReadonlyArray<string>): number => {
  const at = closing.findLastIndex(isBlank)
  return at === -1 ? 0 : closing.length - at - 1
}

/**
 * `closing` is the whole summary. With failures, each gets its last log lines; what does not fit goes from the middle: first older log lines, then
 * the table. The first line, the path of the log and the next command always stay.
 */
export const exitLines = (
  model: RunModel,
  closing: ReadonlyArray<string>,
  tailOf: (stage: string) => ReadonlyArray<LogLine>
): ReadonlyArray<string> => {
  const failed = [...model.stages.values()].filter((stage) => stage.status === "failed").map(({ name }) => name)
  const solid = closing.filter((line) => !isBlank(line))
  const ending = Math.min(lastPart(closing), mostLines - 2)
  const end = solid.slice(solid.length - ending)
  const begin = solid.slice(0, solid.length - ending)
  for (let most = linesPerStage; most > 0; most--) {
    const tails = failed.flatMap((stage) => tailLines(stage, tailOf(stage).slice(-most)))
    if (begin.length + tails.length + end.length <= mostLines) return [...begin, ...tails, ...end]
  }
  // Many failures: the first of them says most, since the others often follow from it.
  const [first] = failed
  const tails = first === undefined ? [] : tailLines(first, tailOf(first))
  const room = mostLines - end.length - tails.length - 1
  const more = begin.length - room
  return [
    ...begin.slice(0, Math.max(1, room)),
    ...(more > 0 ? [`  and ${more} more lines: tetra show ${model.run}`] : []),
    ...tails,
    ...end
  ].slice(0, mostLines)
}

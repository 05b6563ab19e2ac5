import type { AtWork } from "./atWork.ts"

/** What is at work in a loop, for the thread that watches it. */
export interface Working {
  readonly count: number
  /** When the first of them must have ended, in milliseconds of `monotonicMs`; null when none has a timeout. */
  readonly dueMs: number | null
  /** The first of them, one sentence each. */
  readonly names: ReadonlyArray<string>
}
/** Room for the JSON of `workingOf`, whatever its characters. */
export const textBytes = 16_384
const mostNames = 16
/** Of a partition key, and of a sentence with one. A character takes 6 bytes at most. */
const [mostOfKey, mostOfName] = [60, 160]
const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 3)}...` : text)
const nameOf = ({ partition, run, stage }: AtWork): string =>
  cut(`run ${run} ${stage}${partition === null ? "" : ` ${cut(partition, mostOfKey)}`}`, mostOfName)

export const workingOf = (units: ReadonlyArray<AtWork>): Working => ({
  count: units.length,
  dueMs: units.reduce<number | null>((first, { dueMs }) => (dueMs === null ? first : Math.min(first ?? dueMs, dueMs)), null),
  names: units.slice(0, mostNames).map(nameOf)
})

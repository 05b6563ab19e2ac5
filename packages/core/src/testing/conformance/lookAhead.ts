import type { Batch, DatasetRef, Table } from "../../authoring/data.ts"
import type { AnyStage } from "../../authoring/defineStage.ts"
import { type DeclaredLookAhead, isDeclared } from "../../authoring/LooksAhead.ts"
import { failureText } from "../../domain/failureText.ts"
import { typeOfPort } from "../../execution/codec.ts"
import { dataset } from "../dataset.ts"
import { Memory, testStage, type Try } from "../testStage.ts"
import type { Finding } from "./Finding.ts"

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null
const isDataset = (value: unknown): value is DatasetRef =>
  isRecord(value) && typeof value["read"] === "function" && isRecord(value["type"]) && value["type"]["kind"] === "table"
const timesOf = async (ref: DatasetRef, time: string): Promise<ReadonlyArray<number | bigint>> => {
  const { columns } = await ref.read({ columns: [time], maxRows: Infinity })
  const cells = [...(columns[time] as Int32Array | BigInt64Array)]
  return [...new Set<number | bigint>(cells)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}
/** Less than that, relative to the larger of 1 and the number, is rounding: prices adjusted back from another end differ by it. */
const rounding = 1e-9
const isSame = (a: unknown, b: unknown): boolean =>
  Object.is(a, b) ||
  (typeof a === "number" && typeof b === "number" && Math.abs(a - b) <= rounding * Math.max(1, Math.abs(a), Math.abs(b)))
type Row = Readonly<Record<string, unknown>>
/** The first cell that is not the same, for people; undefined when all are. */
const firstDifference = (
  before: ReadonlyArray<Row>,
  whole: ReadonlyArray<Row>,
  isCompared: (column: string) => boolean
): string | undefined => {
  for (const [i, row] of whole.entries()) {
    const other = before[i]
    if (other === undefined) return `row ${i} is not there without it`
    const column = Object.keys(row).find((name) => isCompared(name) && !isSame(row[name], other[name]))
    if (column !== undefined) return `row ${i}, ${column}: ${String(row[column])}, and ${String(other[column])} without it`
  }
  return before.length > whole.length ? `row ${whole.length} is there only without it` : undefined
}
/** What the stage says of this output: in words for people, whether that is all of it, and which columns are left to compare. */
const declarations = (declared: ReadonlyArray<DeclaredLookAhead>, output: string) => {
  const mine = declared.filter((one) => one.output === output)
  const words = mine.map(({ because, columns }) => (columns === "*" ? because : `${columns}: ${because}`)).join("; ")
  return {
    ...(mine.length === 0 ? {} : { declared: words }),
    mine,
    isWhole: mine.some(({ columns }) => columns === "*"),
    isCompared: (column: string) => !mine.some((one) => isDeclared(one, column))
  }
}
/** What is wrong with what the stage says; undefined when nothing is. */
const misstated = (mine: ReadonlyArray<DeclaredLookAhead>, columns: ReadonlyArray<string>): string | undefined => {
  for (const one of mine) {
    if (one.because.trim() === "") return `looksAhead says of ${one.output} (${one.columns}) no reason: write why it is right`
    if (one.columns !== "*" && !columns.some((column) => isDeclared(one, column)))
      return `looksAhead names "${one.columns}", and ${one.output} has no such column`
  }
  return undefined
}
/**
 * What is later must not change what is earlier: cuts the input at three times and compares what was known then, but for the columns of which the stage
 * says that they look ahead. An output that does as a whole is not tried.
 */
export const checkLookAhead = async <S extends AnyStage>(
  stage: S,
  given: Try<S>,
  whole: Readonly<Record<string, unknown>>,
  ports: { readonly input: string; readonly output: string }
): Promise<Finding> => {
  const check = "no look-ahead"
  const { isCompared, isWhole, mine, ...said } = declarations(stage["~definition"].looksAhead, ports.output)
  const rows = whole[ports.output]
  const wrong = misstated(mine, Array.isArray(rows) && isRecord(rows[0]) ? Object.keys(rows[0]) : [])
  if (wrong !== undefined) return { check, ok: false, detail: wrong }
  if (isWhole) return { check, ok: true, detail: `${ports.output} looks ahead, as it says`, ...said }
  const inputs: Readonly<Record<string, unknown>> = "inputs" in given && isRecord(given.inputs) ? given.inputs : {}
  const ref = inputs[ports.input]
  if (!isDataset(ref)) return { check, ok: false, detail: `input "${ports.input}" is no table` }
  const output = typeOfPort(stage.outputs[ports.output]) as Table
  const { time } = ref.type
  const outTime = output.time
  if (time === undefined || outTime === undefined)
    return { check, ok: false, detail: `${ref.type.id} and ${output.id} need a time column` }
  const times = await timesOf(ref, time)
  for (const at of [0.3, 0.6, 0.9].map((share) => times[Math.floor(share * times.length)]!)) {
    const head: Batch = await ref.read({ more: "all", where: { [time]: { max: at } }, maxRows: Infinity })
    const shortened = { inputs: { ...inputs, [ports.input]: dataset(ref.type, head) } }
    const cut = await testStage(stage, Object.assign({ ...given, memory: new Memory() }, shortened))
    const upTo = (rows: unknown) =>
      (rows as ReadonlyArray<Readonly<Record<string, number | bigint>>>).filter((row) => row[outTime]! <= at)
    const before = (cut.outputs as Readonly<Record<string, unknown>>)[ports.output]
    if (before === undefined)
      return {
        check,
        ok: false,
        detail: `with the input up to ${at} it fails: ${cut.error === undefined ? "no answer" : failureText(cut.error)}`
      }
    const difference = firstDifference(upTo(before), upTo(whole[ports.output]), isCompared)
    if (difference !== undefined)
      return { check, ok: false, detail: `rows up to ${at} use later rows of "${ports.input}": ${difference}` }
  }
  return { check, ok: true, detail: `${times.length} times, cut at three`, ...said }
}

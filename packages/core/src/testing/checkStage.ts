import { Effect } from "effect"
import type { Batch, DatasetRef, Op, Table } from "../authoring/data.ts"
import type { AnyStage } from "../authoring/defineStage.ts"
import { typeOfPort } from "../execution/codec.ts"
import { op } from "../execution/op.ts"
import { dataset } from "./dataset.ts"
import { Memory, testStage, type Try } from "./testStage.ts"

export interface Finding {
  readonly check: string
  readonly ok: boolean
  readonly detail: string
}
export interface LookAhead<S extends AnyStage> {
  readonly noLookAhead?: { readonly input: keyof S["inputs"] & string; readonly output: keyof S["outputs"] & string }
}
/** Moments of an interruption after the start, in milliseconds. */
const moments = [0, 1, 5]
const stopsWithinMs = 1_000

/** How often a late stop is tried again: a busy machine is late by chance, a stage that does not stop is late every time. */
const tries = 3

/** Milliseconds from an interruption to the end of the attempt. */
const stopping = async <S extends AnyStage>(stage: S, given: Try<S>, moment: number): Promise<number> => {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), moment)
  const start = performance.now()
  await testStage(stage, { ...given, memory: new Memory(), signal: controller.signal })
  clearTimeout(timer)
  return performance.now() - start - moment
}
const interrupt = async <S extends AnyStage>(stage: S, given: Try<S>): Promise<Finding> => {
  let worst = 0
  for (const moment of moments) {
    let best = Infinity
    for (let n = 0; n < tries && best >= stopsWithinMs; n++) best = Math.min(best, await stopping(stage, given, moment))
    worst = Math.max(worst, best)
  }
  return { check: "interruptible", ok: worst < stopsWithinMs, detail: `${Math.round(worst)} ms at most` }
}
const handles = (): number => process.getActiveResourcesInfo().filter((r) => r !== "TTYWrap" && r !== "PipeWrap").length

/** Fails right after the n-th `save`, whatever face the stage has. */
const cutAfter = <S extends AnyStage>(stage: S, n: number): S => {
  type Context = { readonly checkpoint: { readonly save: (mark: unknown) => Op<void, unknown> } }
  const definition = stage["~definition"]
  let seen = 0
  const run = (context: Context) => {
    const save = (mark: unknown) =>
      op(Effect.flatMap(context.checkpoint.save(mark), () => (++seen === n ? Effect.die(new Error("cut")) : Effect.void)))
    return definition.run({ ...context, checkpoint: { ...context.checkpoint, save } })
  }
  return { ...stage, "~definition": { ...definition, run } }
}
const resumes = async <S extends AnyStage>(
  stage: S,
  given: Try<S>,
  whole: { readonly saved: number; readonly versions: unknown }
): Promise<Finding> => {
  const wrong: Array<number> = []
  for (let n = 1; n <= whole.saved; n++) {
    const memory = new Memory()
    await testStage(cutAfter(stage, n), { ...given, memory })
    const rest = await testStage(stage, { ...given, memory, attempt: 2 })
    if (JSON.stringify(rest.versions) !== JSON.stringify(whole.versions)) wrong.push(n)
  }
  const detail =
    wrong.length === 0
      ? `${whole.saved} checkpoints`
      : `another answer, or none, after checkpoint ${wrong.join(", ")} of ${whole.saved}`
  return { check: "resumes from every checkpoint", ok: wrong.length === 0, detail }
}
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null
const isDataset = (value: unknown): value is DatasetRef =>
  isRecord(value) && typeof value["read"] === "function" && isRecord(value["type"]) && value["type"]["kind"] === "table"
const timesOf = async (ref: DatasetRef, time: string): Promise<ReadonlyArray<number | bigint>> => {
  const { columns } = await ref.read({ columns: [time], maxRows: Infinity })
  const cells = [...(columns[time] as Int32Array | BigInt64Array)]
  return [...new Set<number | bigint>(cells)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}
/** What is later must not change what is earlier: cuts the input at three times and compares what was known then. */
const looksAhead = async <S extends AnyStage>(
  stage: S,
  given: Try<S>,
  whole: Readonly<Record<string, unknown>>,
  ports: { readonly input: string; readonly output: string }
): Promise<Finding> => {
  const check = "no look-ahead"
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
      JSON.stringify(
        (rows as ReadonlyArray<Readonly<Record<string, number | bigint>>>).filter((row) => row[outTime]! <= at),
        (_, v: unknown) => (typeof v === "bigint" ? String(v) : v)
      )
    const before = (cut.outputs as Readonly<Record<string, unknown>>)[ports.output]
    if (before === undefined)
      return { check, ok: false, detail: `with the input up to ${at} it fails: ${cut.error?.message ?? "no answer"}` }
    if (upTo(before) !== upTo(whole[ports.output]))
      return { check, ok: false, detail: `rows up to ${at} change when later input is removed` }
  }
  return { check, ok: true, detail: `${times.length} times, cut at three` }
}
/**
 * What every stage must keep: runs, gives the same answer twice, stops within a second wherever it is interrupted, leaves no
 * handle or timer behind, goes on from every checkpoint to the same answer, and, where asked, never uses what is later.
 */
export const checkStage = async <S extends AnyStage>(
  stage: S,
  given: Try<S>,
  options: LookAhead<S> = {}
): Promise<ReadonlyArray<Finding>> => {
  const one = await testStage(stage, { ...given, memory: new Memory() })
  const two = await testStage(stage, { ...given, memory: new Memory() })
  const findings: Array<Finding> = [
    { check: "runs", ok: one.status === "completed", detail: one.error?.message ?? "completed" },
    {
      check: "deterministic",
      ok: JSON.stringify(one.versions) === JSON.stringify(two.versions),
      detail: JSON.stringify(one.versions)
    }
  ]
  const before = handles()
  findings.push(await interrupt(stage, given))
  await new Promise((resolve) => setTimeout(resolve, 5))
  findings.push({ check: "leaves nothing behind", ok: handles() <= before, detail: `${handles()} handles, ${before} before` })
  if (stage["~definition"].checkpoint !== undefined) findings.push(await resumes(stage, given, one))
  if (options.noLookAhead !== undefined)
    findings.push(await looksAhead(stage, given, one.outputs as Readonly<Record<string, unknown>>, options.noLookAhead))
  return findings
}

import { failureText } from "../domain/failureText.ts"
import type { AnyStage } from "../authoring/defineStage.ts"
import { checkCrashes } from "./conformance/crashes.ts"
import type { Finding } from "./conformance/Finding.ts"
import { checkInterruption } from "./conformance/interruption.ts"
import { checkLeftovers } from "./conformance/leftovers.ts"
import { checkLookAhead } from "./conformance/lookAhead.ts"
import { Memory, testStage, type Tried, type Try } from "./testStage.ts"

/** What `checkStage` is to try beyond what every stage must keep. */
export interface CheckOptions<S extends AnyStage> {
  /** Rows of `output` up to a time must not change when later rows of `input` are not there yet. Both need a time column. */
  readonly noLookAhead?: { readonly input: keyof S["inputs"] & string; readonly output: keyof S["outputs"] & string }
  /** It runs in a thread or a process that is ended when it must be: how it takes an interruption does not matter. */
  readonly endedFromOutside?: boolean
  /** Told before each check begins. */
  readonly onCheck?: (check: string) => void
}
const deterministic = (one: Tried<unknown>, two: Tried<unknown>): Finding => {
  const [first, second] = [one, two].map(({ versions }) => versions)
  const changed = Object.keys(first!).filter((name) => first![name] !== second![name])
  return {
    check: "deterministic",
    ok: changed.length === 0,
    detail:
      changed.length > 0
        ? `two runs, two answers: ${changed.join(", ")}; take time and chance from \`now\` and \`random\``
        : Object.entries(first!)
            .map(([name, version]) => `${name} ${version.slice(0, 12)}`)
            .join(", ")
  }
}
/**
 * What every stage must keep: runs, gives the same answer twice, stops within a second wherever it is interrupted, leaves no handle, timer,
 * listener or temporary file behind, goes on to the same answer from every checkpoint and after a crash at every event that it records, and,
 * where asked, never uses what is later. One that does not run is not checked further.
 */
export const checkStage = async <S extends AnyStage>(
  stage: S,
  given: Try<S>,
  options: CheckOptions<S> = {}
): Promise<ReadonlyArray<Finding>> => {
  const { noLookAhead, onCheck } = options
  const alone = () => testStage(stage, { ...given, memory: new Memory() })
  onCheck?.("runs")
  const one = await alone()
  const runs: Finding = {
    check: "runs",
    ok: one.status === "completed",
    detail: one.error === undefined ? "completed" : failureText(one.error)
  }
  if (!runs.ok) return [runs]
  const findings: Array<Finding> = [runs]
  onCheck?.("deterministic")
  findings.push(deterministic(one, await alone()))
  onCheck?.("interruptible")
  const interrupted = async () =>
    options.endedFromOutside === true ? void (await alone()) : void findings.push(await checkInterruption(stage, given))
  const leftovers = await checkLeftovers(interrupted)
  findings.push(leftovers)
  onCheck?.("survives a crash at every event")
  findings.push(...(await checkCrashes(stage, given, one)))
  if (noLookAhead !== undefined) {
    onCheck?.("no look-ahead")
    const outputs = one.outputs as Readonly<Record<string, unknown>>
    findings.push(await checkLookAhead(stage, given, outputs, noLookAhead))
  }
  return findings
}

/** A run as a JUnit report, which CI systems show stage by stage. Pure. */
import { isReused, type RunModel, stagesOf, type StageModel } from "../output/model.ts"
import { ownReason } from "../output/plain/reasons.ts"
import { oneLine, someLines } from "../output/plain/text.ts"

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" }
/** One safe line, which XML 1.0 can hold: no control characters, no half of a pair. */
const escaped = (text: string): string =>
  oneLine(text)
    .toWellFormed()
    .replaceAll(/[\ufffe\uffff]/gu, "")
    .replaceAll(/[&<>"]/gu, (sign) => entities[sign] ?? sign)
/** The same for text between tags, which may have lines. */
const lined = (text: string): string => someLines(text).split("\n").map(escaped).join("\n")
const tag = (name: string, attributes: Readonly<Record<string, string | number>>, inner: ReadonlyArray<string>): string => {
  const head = `${name}${Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escaped(String(value))}"`)
    .join("")}`
  return inner.length === 0 ? `<${head}/>` : `<${head}>${inner.join("")}</${name}>`
}
const seconds = (ms: number | undefined): string => ((ms ?? 0) / 1000).toFixed(3)

type Verdict = "passed" | "failed" | "skipped"
/** What is partial is usable, so it passes and its report says what was left out; what never ended counts as failed. */
const verdictOf = ({ status }: StageModel): Verdict =>
  status === "completed" || status === "partial" ? "passed" : status === "skipped" ? "skipped" : "failed"
const messageOf = (model: RunModel, stage: StageModel): string => {
  const own = ownReason(model, stage)
  return own === "" ? (stage.lastFailure ?? `ended ${stage.status}`) : own
}
const told = (model: RunModel, stage: StageModel): ReadonlyArray<string> => {
  const message = messageOf(model, stage)
  if (stage.status === "partial") return [tag("system-out", {}, [escaped(`partial: ${message}`)])]
  const verdict = verdictOf(stage)
  if (verdict === "failed") return [tag("failure", { message, type: stage.status }, [lined(stage.lastFailure ?? message)])]
  if (verdict === "skipped") return [tag("skipped", { message }, [])]
  return stage.reused ? [tag("system-out", {}, [escaped(`reused${stage.from === undefined ? "" : ` from ${stage.from}`}`)])] : []
}
const suiteOf = (model: RunModel, pipeline: string): string => {
  const stages = stagesOf(model, pipeline)
  const cases = stages.map((stage) => {
    const name = stage.name.startsWith(`${pipeline}.`) ? stage.name.slice(pipeline.length + 1) : stage.name
    return tag("testcase", { classname: pipeline, name, time: seconds(stage.reused ? 0 : stage.durationMs) }, told(model, stage))
  })
  const count = (verdict: Verdict) => stages.filter((stage) => verdictOf(stage) === verdict).length
  const time = isReused(model, pipeline) ? 0 : model.pipelines.get(pipeline)?.durationMs
  const started = model.pipelines.get(pipeline)?.startedAt
  return tag(
    "testsuite",
    {
      name: pipeline,
      tests: stages.length,
      failures: count("failed"),
      errors: 0,
      skipped: count("skipped"),
      time: seconds(time),
      ...(started === undefined ? {} : { timestamp: new Date(started).toISOString().slice(0, 19) })
    },
    cases
  )
}
/** A run without stages as one case, so that a report without cases never looks green. */
const loneSuite = (verdict: string, failures: 0 | 1): string => {
  const one = tag("testcase", { classname: "tetra", name: "run", time: seconds(0) }, [verdict])
  return tag("testsuite", { name: "tetra", tests: 1, failures, errors: 0, skipped: 1 - failures, time: seconds(0) }, [one])
}
const failure = (message: string, type: string): string => tag("failure", { message, type }, [escaped(message)])
/** Of a run that did not begin there are no stages: its refusal is one case. */
const refusedSuite = (model: RunModel): ReadonlyArray<string> => {
  if (model.stages.size > 0 && model.status !== "skipped") return []
  return [loneSuite(failure(model.reason ?? `ended ${model.status}`, model.status), 1)]
}
const report = (attributes: Readonly<Record<string, string | number>>, suites: ReadonlyArray<string>): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${tag("testsuites", attributes, suites)}\n`
const loneCounts = { name: "tetra run", tests: 1, errors: 0, time: seconds(0) }
/** Of a command that was refused before there was a run, or lost sight of it. */
export const junitOfRefusal = (message: string): string =>
  report({ ...loneCounts, failures: 1, skipped: 0 }, [loneSuite(failure(message, "refused"), 1)])
/** Of a command that had nothing to run. */
export const junitOfNothing = (message: string): string =>
  report({ ...loneCounts, failures: 0, skipped: 1 }, [loneSuite(tag("skipped", { message }, []), 0)])

/**
 * The run as JUnit XML: a `testsuite` for each pipeline, a `testcase` for each stage with its wall time in seconds. Failed, cancelled and unfinished
 * stages are failures, skipped ones skipped; a partial or reused stage passes and says so. Source of the form: the schema of Apache Ant's JUnit task,
 * as Jenkins, GitLab and GitHub's reporters read it.
 */
export const junitOf = (model: RunModel): string => {
  const stages = [...model.stages.values()]
  const suites = [...refusedSuite(model), ...[...model.pipelines.keys()].map((pipeline) => suiteOf(model, pipeline))]
  const own = refusedSuite(model).length
  const attributes = {
    name: `tetra ${model.mode ?? "run"} ${model.run}`,
    tests: stages.length + own,
    failures: stages.filter((stage) => verdictOf(stage) === "failed").length + own,
    errors: 0,
    skipped: stages.filter((stage) => verdictOf(stage) === "skipped").length,
    time: seconds(model.durationMs)
  }
  return report(attributes, suites)
}

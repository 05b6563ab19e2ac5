/** Events of runs as OpenLineage run events (spec 2-0-2): one job for each pipeline, one run of it for each time that it ran. Pure. */
import { createHash } from "node:crypto"
import type { Json, RunPlan, StoredEvent } from "@tetra/core/engine"

const producer = "https://github.com/tetra/tetra"
const spec = "https://openlineage.io/spec"
const facet = (schema: string, fields: Readonly<Record<string, Json>>): Json => ({
  _producer: producer,
  _schemaURL: `${spec}/facets/${schema}`,
  ...fields
})
interface Dataset {
  readonly asset: string
  readonly version: string | undefined
  readonly rows?: number
  readonly bytes?: number
}
/** What is remembered of a run until it ends. */
interface OpenRun {
  plan: RunPlan | undefined
  readonly occurrenceAt: number | undefined
  /** By pipeline, by asset. */
  readonly inputs: Map<string, Map<string, Dataset>>
  readonly outputs: Map<string, Map<string, Dataset>>
}
/** Runs that are remembered. One that began before is not told: nobody knows what it read. */
const mostRuns = 10_000

/** The same for the same run and pipeline, as the specification wants it: a UUID (version 5 in its form). */
export const lineageRunId = (run: string, pipeline: string): string => {
  const hex = createHash("sha256").update(`${run}/${pipeline}`).digest("hex")
  const variant = ((parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(18, 20)}-${hex.slice(20, 32)}`
}
const pipelineOf = (stage: string): string => stage.slice(0, stage.indexOf("."))

export class LineageFold {
  readonly #namespace: () => string
  readonly #runs = new Map<string, OpenRun>()
  constructor(namespace: () => string) {
    this.#namespace = namespace
  }
  /** Whether what a run did before is known here; before its first event there is nothing to know. */
  knows({ _tag, run }: StoredEvent): boolean {
    return _tag === "RunRequested" || this.#runs.has(run)
  }
  /** What is to be told of an event; undefined for most. */
  take(event: StoredEvent): Json | undefined {
    if (event._tag === "RunRequested") {
      const oldest = this.#runs.keys().next()
      if (this.#runs.size >= mostRuns && oldest.done !== true) this.#runs.delete(oldest.value)
      const occurrenceAt = event.trigger.occurrence?.at
      this.#runs.set(event.run, { plan: undefined, occurrenceAt, inputs: new Map(), outputs: new Map() })
      return undefined
    }
    const run = this.#runs.get(event.run)
    if (run === undefined) return undefined
    switch (event._tag) {
      case "PlanFixed":
        run.plan = event.plan
        return undefined
      case "StageStarted":
        this.#read(run, event.stage, event.inputs)
        return undefined
      case "AssetPublished": {
        const { asset, output, stage } = event
        const known = outputsOf(run, pipelineOf(stage))
        const rows = output.kind === "table" ? { rows: output.rows } : {}
        known.set(asset, { asset, version: output.version, bytes: output.bytes, ...rows })
        return undefined
      }
      case "PipelineStarted":
        return this.#told("START", event, event.pipeline, run, {})
      case "PipelineEnded": {
        const { pipeline, reason, status } = event
        const type = status === "failed" ? "FAIL" : status === "cancelled" || status === "skipped" ? "ABORT" : "COMPLETE"
        const why = { message: reason ?? `the pipeline ${status}`, programmingLanguage: "TypeScript" }
        const failed = type === "FAIL" ? { errorMessage: facet("1-0-1/ErrorMessageRunFacet.json", why) } : {}
        return this.#told(type, event, pipeline, run, failed)
      }
      case "RunEnded":
        this.#runs.delete(event.run)
        return undefined
      default:
        return undefined
    }
  }
  #read(run: OpenRun, stage: string, versions: Readonly<Record<string, string>>): void {
    const { plan } = run
    const planned = plan?.stages.find(({ name }) => name === stage)
    if (plan === undefined || planned === undefined) return
    const pipeline = pipelineOf(stage)
    const known = run.inputs.get(pipeline) ?? new Map<string, Dataset>()
    run.inputs.set(pipeline, known)
    for (const [port, input] of Object.entries(planned.inputs)) {
      const singles = input.from === "group" ? Object.entries(input.members) : [["", input] as const]
      for (const [member, single] of singles) {
        const at = member === "" ? port : `${port}.${member}`
        const made =
          single.from === "stage" && pipelineOf(single.stage) !== pipeline
            ? plan.stages.find(({ name }) => name === single.stage)?.outputs[single.port]?.asset
            : undefined
        const asset = single.from === "asset" ? single.asset : made
        if (asset !== undefined) known.set(asset, { asset, version: versions[at] })
      }
    }
  }
  #told(
    type: string,
    { at, run: id }: StoredEvent,
    pipeline: string,
    run: OpenRun,
    facets: Readonly<Record<string, Json>>
  ): Json {
    const namespace = this.#namespace()
    const nominal =
      run.occurrenceAt === undefined
        ? {}
        : {
            nominalTime: facet("1-0-1/NominalTimeRunFacet.json", { nominalStartTime: new Date(run.occurrenceAt).toISOString() })
          }
    const dataset = ({ asset, bytes, rows, version }: Dataset): Record<string, Json> => ({
      namespace,
      name: asset,
      ...(version === undefined
        ? {}
        : { facets: { version: facet("1-0-1/DatasetVersionDatasetFacet.json", { datasetVersion: version }) } }),
      ...(bytes === undefined
        ? {}
        : {
            outputFacets: {
              outputStatistics: facet("1-0-2/OutputStatisticsOutputDatasetFacet.json", {
                size: bytes,
                ...(rows === undefined ? {} : { rowCount: rows })
              })
            }
          })
    })
    const jobType = { processingType: "BATCH", integration: "TETRA", jobType: "PIPELINE" }
    return {
      eventType: type,
      eventTime: new Date(at).toISOString(),
      producer,
      schemaURL: `${spec}/2-0-2/OpenLineage.json#/$defs/RunEvent`,
      run: {
        runId: lineageRunId(id, pipeline),
        facets: { tetra: facet("tetra.json", { run: id, pipeline }), ...nominal, ...facets }
      },
      job: { namespace, name: pipeline, facets: { jobType: facet("2-0-3/JobTypeJobFacet.json", jobType) } },
      inputs: [...(run.inputs.get(pipeline)?.values() ?? [])].map(dataset),
      outputs: [...(run.outputs.get(pipeline)?.values() ?? [])].map(dataset)
    }
  }
}
const outputsOf = (run: OpenRun, pipeline: string): Map<string, Dataset> => {
  const known = run.outputs.get(pipeline) ?? new Map<string, Dataset>()
  run.outputs.set(pipeline, known)
  return known
}

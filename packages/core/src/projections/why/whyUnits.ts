import { taggedText } from "../../domain/failureText.ts"
import type { PartitionKey } from "../../domain/Names.ts"
import type { RecordedFailure } from "../../domain/RunEvent.ts"
import type { Of, StageRecord } from "./RunRecord.ts"
import { because, firstOf, many, type WhyNode } from "./WhyNode.ts"

/** Units whose history is spelt out, and partitions that are named in a list. */
const mostUnits = 12
const mostNamed = 20
/** A shorter wait is told to nobody. */
const leastWaitMs = 100

type UnitEvent = StageRecord["units"][number]

const attemptNodes = (events: ReadonlyArray<UnitEvent>, maxAttempts: number): ReadonlyArray<WhyNode> =>
  events.flatMap((event, i) => {
    switch (event._tag) {
      case "AttemptStarted": {
        const mark = events.slice(0, i).findLast((e) => e._tag === "Checkpoint")
        return mark === undefined
          ? []
          : [because("note", `try ${event.attempt} went on from the checkpoint of try ${attemptOf(mark)}`, { at: event.at })]
      }
      case "AttemptFailed": {
        const { attempt, durationMs, failure, final, retryable } = event
        const last = final
          ? because("note", finalText(failure, retryable !== false && attempt >= maxAttempts, maxAttempts))
          : undefined
        return [
          because("failed", `try ${attempt} failed: ${taggedText(failure)}`, {
            at: event.at,
            tookMs: durationMs,
            children: last === undefined ? [] : [last]
          })
        ]
      }
      case "RetryScheduled":
        return [
          because("retry", `try ${event.attempt} had to wait until`, { at: event.due, tookMs: Math.max(0, event.due - event.at) })
        ]
      default:
        return []
    }
  })
const attemptOf = (event: UnitEvent): number => event.attempt
const finalText = ({ mistake, tag }: RecordedFailure, isLast: boolean, maxAttempts: number): string =>
  tag === "Poisoned"
    ? "poisoned: it took the process with it too often, so it is not tried again"
    : isLast
      ? `no further try: ${many(maxAttempts, "try is", "tries are")} allowed`
      : mistake === true
        ? "no further try: it is a mistake in the code, which would come again"
        : "no further try: such a failure is not repeated"

const label = (partition: PartitionKey | null): string => (partition === null ? "" : `partition ${partition}: `)

/** What happened to each unit that did not simply succeed: tries, failures, waits, checkpoints. */
export const unitNodes = ({ planned, units }: StageRecord): ReadonlyArray<WhyNode> => {
  const byUnit = [...Map.groupBy(units, ({ partition }) => partition)]
  const told = byUnit
    .map(([partition, events]) => ({ partition, nodes: attemptNodes(events, planned.policy.retry.maxAttempts), events }))
    .filter(({ nodes }) => nodes.length > 0)
  if (!planned.partitioned) return told.flatMap(({ nodes }) => nodes)
  return firstOf(told, mostUnits, ({ events, nodes, partition }) => {
    const end = events.findLast((event) => event._tag === "UnitCommitted" || event._tag === "AttemptFailed")
    const [only, second] = nodes
    if (only !== undefined && second === undefined) return { ...only, text: label(partition) + only.text }
    const happened = many(nodes.length, "event")
    const told = end?._tag === "AttemptFailed" ? `${taggedText(end.failure)} (${happened})` : happened
    return because(end?._tag === "UnitCommitted" ? "completed" : "failed", `${label(partition)}${told}`, {
      at: end?.at,
      children: nodes
    })
  })
}
/** `8 of 10 partitions reused, computed: a, b`. */
export const partitionNodes = ({ keys, planned, units }: StageRecord): ReadonlyArray<WhyNode> => {
  if (!planned.partitioned || keys === undefined) return []
  const committed = units.filter((event): event is Of<"UnitCommitted"> => event._tag === "UnitCommitted")
  const reused = committed.filter(({ cached }) => cached !== undefined)
  const computed = committed.filter(({ cached }) => cached === undefined).map(({ partition }) => partition ?? "")
  const runs = [...new Set(reused.map(({ cached }) => cached?.run ?? ""))]
  return [
    ...(reused.length === 0
      ? []
      : [
          because(
            "reused",
            `${many(reused.length, "partition")} of ${keys.length} reused from run ${runs.slice(0, 3).join(", ")}`
          )
        ]),
    ...(computed.length === 0 || reused.length === 0
      ? []
      : [
          because(
            "completed",
            `${many(computed.length, "partition")} computed: ${computed.slice(0, mostNamed).join(", ")}${computed.length > mostNamed ? ", ..." : ""}`
          )
        ])
  ]
}
/** What is not there of a stage that was accepted in part. */
export const coverageNodes = ({ ended, planned }: StageRecord): ReadonlyArray<WhyNode> => {
  if (ended === undefined || ended.coverage.missing.length === 0 || !planned.partitioned) return []
  const { done, expected, missing, ratio } = ended.coverage
  // Where nothing was made, the failures themselves say it all.
  if (done === 0) return []
  return [
    because(
      ended.status,
      `${done} of ${expected} partitions (${Math.floor(ratio * 100)} %), at least ${Math.round(planned.minCoverage * 100)} % are wanted`,
      { children: firstOf(missing, mostNamed, ({ partition, reason }) => because("failed", `${partition}: ${reason}`)) }
    )
  ]
}
/** What it waited for after its inputs were known: resources that others had, or its turn. */
export const waitNodes = ({ awaited, planned, started, units }: StageRecord): ReadonlyArray<WhyNode> => {
  const starts = units.filter((event) => event._tag === "AttemptStarted")
  if (awaited.length > 0)
    return firstOf(awaited, mostUnits, ({ at, reason }) => {
      const until = starts.find((start) => start.at >= at)
      return because("note", `waited: ${reason}`, { at, tookMs: until === undefined ? undefined : until.at - at })
    })
  const [first] = starts
  if (started === undefined || first === undefined || first.at - started.at < leastWaitMs) return []
  const { cpu, memoryMB, slots } = planned.policy.resources
  const asks = [
    `${cpu} cpu`,
    ...(memoryMB > 0 ? [`${memoryMB} MB`] : []),
    ...Object.entries(slots).map(([name, n]) => `${n} ${name}`)
  ]
  return [
    because("note", `waited for its turn (it asks for ${asks.join(", ")})`, { at: first.at, tookMs: first.at - started.at })
  ]
}

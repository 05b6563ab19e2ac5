/** Counted and measured values, told in the text format of Prometheus (version 0.0.4). Bounded, whatever comes in. */
import { type Metric, type MetricName, metrics } from "./metrics.ts"

/** Values of one label, and series in all. What comes after that counts as `other`. */
const mostValues = 200
const mostSeries = 20_000
const other = "other"

interface Series {
  value: number
  /** Of a histogram: how many fell into each bucket, and how many in all. */
  readonly counts: Array<number>
  count: number
}
export type Labels = Readonly<Record<string, string>>
/** One metric with all its series, as they are at a time. */
export interface Family {
  readonly name: MetricName
  readonly metric: Metric
  /** Of a histogram: `value` is the sum, `counts` how many fell into each bucket, `count` how many in all. */
  readonly series: ReadonlyArray<{
    readonly labels: Labels
    readonly value: number
    readonly counts: ReadonlyArray<number>
    readonly count: number
  }>
}

const escaped = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")
const labelText = (labels: ReadonlyArray<readonly [string, string]>): string =>
  labels.length === 0 ? "" : `{${labels.map(([name, value]) => `${name}="${escaped(value)}"`).join(",")}}`
const numberText = (value: number): string => (value === Infinity ? "+Inf" : value === -Infinity ? "-Inf" : String(value))

export class MetricSet {
  private readonly series = new Map<MetricName, Map<string, Series>>()
  private readonly values = new Map<string, Set<string>>()
  private count = 0

  add(name: MetricName, labels: Labels, by = 1): void {
    this.at(name, labels).value += by
  }
  set(name: MetricName, labels: Labels, value: number): void {
    this.at(name, labels).value = value
  }
  observe(name: MetricName, labels: Labels, value: number): void {
    const series = this.at(name, labels)
    const { buckets = [] }: Metric = metrics[name]
    const at = buckets.findIndex((bound) => value <= bound)
    if (at !== -1) series.counts[at] = (series.counts[at] ?? 0) + 1
    series.value += value
    series.count += 1
  }
  /** Forgets a gauge whose values are told anew. */
  clear(name: MetricName): void {
    this.count -= this.series.get(name)?.size ?? 0
    this.series.delete(name)
  }

  private at(name: MetricName, given: Labels): Series {
    const { labels }: Metric = metrics[name]
    const told = labels.map((label) => this.bounded(name, label, given[label] ?? ""))
    const own = this.series.get(name) ?? new Map<string, Series>()
    this.series.set(name, own)
    const key = JSON.stringify(told)
    const known = own.get(key)
    if (known !== undefined) return known
    if (this.count >= mostSeries && told.some((value) => value !== other)) {
      this.overflowed(name)
      return this.at(name, Object.fromEntries(labels.map((label) => [label, other])))
    }
    const made: Series = { value: 0, counts: [], count: 0 }
    own.set(key, made)
    this.count += 1
    return made
  }
  private bounded(name: MetricName, label: string, value: string): string {
    const place = `${name} ${label}`
    const known = this.values.get(place) ?? new Set()
    this.values.set(place, known)
    if (known.has(value)) return value
    if (known.size >= mostValues) {
      this.overflowed(name)
      return other
    }
    known.add(value)
    return value
  }
  private overflowed(name: MetricName): void {
    if (name !== "tetra_label_overflow_total") this.add("tetra_label_overflow_total", { metric: name })
  }

  /** Everything that was told, in the order of the definitions. */
  families(): ReadonlyArray<Family> {
    return (Object.keys(metrics) as ReadonlyArray<MetricName>).flatMap((name) => {
      const own = this.series.get(name)
      if (own === undefined || own.size === 0) return []
      const metric: Metric = metrics[name]
      const series = [...own].map(([key, { count, counts, value }]) => {
        const told = JSON.parse(key) as ReadonlyArray<string>
        const labels = Object.fromEntries(metric.labels.map((label, i) => [label, told[i] ?? ""]))
        return { labels, value, counts: [...counts], count }
      })
      return [{ name, metric, series }]
    })
  }
  /** The same in the text format. */
  text(): string {
    const lines: Array<string> = []
    for (const { metric, name, series } of this.families()) {
      lines.push(`# HELP ${name} ${metric.help}`, `# TYPE ${name} ${metric.kind}`)
      for (const one of series) lines.push(...linesOf(name, metric, one))
    }
    return `${lines.join("\n")}\n`
  }
}
const linesOf = (
  name: MetricName,
  { buckets = [], kind }: Metric,
  { count, counts, labels: told, value }: Family["series"][number]
): ReadonlyArray<string> => {
  const labels = Object.entries(told)
  if (kind !== "histogram") return [`${name}${labelText(labels)} ${numberText(value)}`]
  let below = 0
  const inBuckets = buckets.map((bound, i) => {
    below += counts[i] ?? 0
    return `${name}_bucket${labelText([...labels, ["le", numberText(bound)]])} ${below}`
  })
  return [
    ...inBuckets,
    `${name}_bucket${labelText([...labels, ["le", "+Inf"]])} ${count}`,
    `${name}_sum${labelText(labels)} ${numberText(value)}`,
    `${name}_count${labelText(labels)} ${count}`
  ]
}

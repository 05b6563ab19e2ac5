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
  text(): string {
    const lines: Array<string> = []
    for (const name of Object.keys(metrics) as ReadonlyArray<MetricName>) {
      const own = this.series.get(name)
      if (own === undefined || own.size === 0) continue
      lines.push(`# HELP ${name} ${metrics[name].help}`, `# TYPE ${name} ${metrics[name].kind}`)
      for (const [key, series] of own) lines.push(...this.linesOf(name, JSON.parse(key) as ReadonlyArray<string>, series))
    }
    return `${lines.join("\n")}\n`
  }
  private linesOf(name: MetricName, told: ReadonlyArray<string>, series: Series): ReadonlyArray<string> {
    const { buckets = [], kind, labels: names }: Metric = metrics[name]
    const labels = names.map((label, i) => [label, told[i] ?? ""] as const)
    if (kind !== "histogram") return [`${name}${labelText(labels)} ${numberText(series.value)}`]
    let below = 0
    const inBuckets = buckets.map((bound, i) => {
      below += series.counts[i] ?? 0
      return `${name}_bucket${labelText([...labels, ["le", numberText(bound)]])} ${below}`
    })
    return [
      ...inBuckets,
      `${name}_bucket${labelText([...labels, ["le", "+Inf"]])} ${series.count}`,
      `${name}_sum${labelText(labels)} ${numberText(series.value)}`,
      `${name}_count${labelText(labels)} ${series.count}`
    ]
  }
}

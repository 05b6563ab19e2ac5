/** The text format of Prometheus, version 0.0.4, read strictly: what its documents say, and the conventions for names. */
interface Family {
  readonly kind: string
  readonly samples: Array<{ readonly name: string; readonly labels: ReadonlyMap<string, string>; readonly value: number }>
}
const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (NaN|[+-]Inf|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/u
const label = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\n"])*)"(,|$)/guy
const unitless = /_(?:in_use|size|waiting|total|seconds|bytes|ratio|info|active|depth|rate|clients|firing)$/u

const labelsOf = (text: string, problems: Array<string>): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  let read = 0
  for (const [whole, name = "", value = ""] of text.matchAll(label)) {
    if (found.has(name)) problems.push(`label ${name} twice: ${text}`)
    found.set(name, value)
    read += whole.length
  }
  if (read !== text.length) problems.push(`labels cannot be read: ${text}`)
  return found
}
const isOf = (family: string, kind: string, name: string): boolean =>
  kind === "histogram" ? [`${family}_bucket`, `${family}_sum`, `${family}_count`].includes(name) : name === family

const histogramProblems = (name: string, { samples }: Family): ReadonlyArray<string> => {
  const of = (labels: ReadonlyMap<string, string>) => JSON.stringify([...labels].filter(([key]) => key !== "le"))
  const problems: Array<string> = []
  for (const [series, own] of Map.groupBy(samples, ({ labels }) => of(labels))) {
    const buckets = own.filter((sample) => sample.name === `${name}_bucket`)
    const count = own.find((sample) => sample.name === `${name}_count`)?.value
    const bounds = buckets.map(({ labels }) => Number((labels.get("le") ?? "").replace("+Inf", "Infinity")))
    const isAscending = (values: ReadonlyArray<number>, strictly: boolean) =>
      values.every((v, i) => i === 0 || (strictly ? v > values[i - 1]! : v >= values[i - 1]!))
    if (!isAscending(bounds, true) || bounds.at(-1) !== Infinity) problems.push(`${name}${series}: bounds ${bounds.join(" ")}`)
    if (
      !isAscending(
        buckets.map(({ value }) => value),
        false
      )
    )
      problems.push(`${name}${series}: buckets fall`)
    if (count !== buckets.at(-1)?.value) problems.push(`${name}${series}: its count is not its last bucket`)
    if (!own.some((sample) => sample.name === `${name}_sum`)) problems.push(`${name}${series}: no sum`)
  }
  return problems
}
/** Everything that is wrong with it, and its families by name. */
export const readExposition = (text: string) => {
  const problems: Array<string> = []
  const families = new Map<string, Family>()
  const seen = new Set<string>()
  let help: string | undefined
  let current: (Family & { readonly name: string }) | undefined
  if (!text.endsWith("\n")) problems.push("the last line has no end")
  for (const line of text.trimEnd().split("\n")) {
    const [, hash, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.+)$/u.exec(line) ?? []
    if (hash === "HELP") help = name
    else if (hash === "TYPE") {
      if (help !== name) problems.push(`${name} has no help`)
      if (families.has(name)) problems.push(`${name} is told twice`)
      if (!["counter", "gauge", "histogram"].includes(rest)) problems.push(`${name} is a ${rest}`)
      if (rest === "counter" && !name.endsWith("_total")) problems.push(`counter ${name} does not end in _total`)
      if (!unitless.test(name)) problems.push(`${name} does not say its unit`)
      current = { name, kind: rest, samples: [] }
      families.set(name, current)
    } else {
      const [, sample = "", labels = "", value = ""] = sampleLine.exec(line) ?? []
      if (current === undefined || !isOf(current.name, current.kind, sample)) problems.push(`it stands nowhere: ${line}`)
      const series = line.slice(0, line.lastIndexOf(" "))
      if (seen.has(series)) problems.push(`twice: ${series}`)
      seen.add(series)
      const known = { name: sample, labels: labelsOf(labels, problems), value: Number(value.replace("Inf", "Infinity")) }
      current?.samples.push(known)
      if (current?.kind === "counter" && !(known.value >= 0)) problems.push(`${series} is ${value}`)
    }
  }
  for (const [name, family] of families) if (family.kind === "histogram") problems.push(...histogramProblems(name, family))
  return { problems, families }
}

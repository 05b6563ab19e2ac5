/** Which columns a feature set has, and how to compute them. */
import { createHash } from "node:crypto"
import type { Json } from "@tetra/core"
import { computeOutputs } from "../indicators/compute.ts"
import { columnName, type Lookup, type Request, resolveIndicator, UnknownIndicator } from "../indicators/names.ts"
import type { SeriesColumns } from "../types.ts"
import { type LabelDef, labelByName } from "./labels.ts"
import { crossSectionOf, nothingAround, type Surroundings, surroundingFeature } from "./happenings.ts"
import { featureByName, featurePresets } from "./registry.ts"

export interface FeatureSet {
  readonly features: ReadonlyArray<Request>
  readonly labels: ReadonlyArray<LabelDef>
}
/** The set that names and presets ask for, bound to what is around the series, or every problem at once. */
export const featureSet = (
  names: ReadonlyArray<string>,
  labels: ReadonlyArray<string>,
  contributed: Lookup,
  around: Surroundings = nothingAround
): FeatureSet | ReadonlyArray<string> => {
  const problems: Array<string> = []
  const surrounding = surroundingFeature(around)
  const ofBars: Lookup = (n) => featureByName(n) ?? contributed(n)
  const found = new Map<string, Request>()
  for (const name of names.flatMap((n) => featurePresets[n] ?? [n])) {
    if (name.startsWith("label_")) {
      problems.push(`"${name}" is a label and looks ahead: name it in labels, not in features`)
      continue
    }
    const among = crossSectionOf(name)
    const inner = among === undefined ? undefined : resolveIndicator(among.of, ofBars)
    const request = resolveIndicator(name, (n) => surrounding(n) ?? ofBars(n))
    if (inner instanceof UnknownIndicator) problems.push(`"${name}" is made from ${inner.message}`)
    else if (request instanceof UnknownIndicator) problems.push(request.message)
    else found.set(`${columnName(request.def, request.parameters, "")} ${request.output ?? ""}`, request)
  }
  const answers = [...new Set(labels)].map((name) => {
    const label = labelByName(name)
    if (label === undefined) problems.push(`"${name}" is no label; labels are label_return_BARS and label_barrier_UP_DOWN_BARS`)
    return label
  })
  return problems.length > 0 ? problems : { features: [...found.values()], labels: answers.filter((l) => l !== undefined) }
}
/** The features among all symbols that names and presets ask for: each with the feature that it is made from. */
export const crossSectionsOf = (names: ReadonlyArray<string>, contributed: Lookup): ReadonlyArray<CrossSectionRequest> =>
  names
    .flatMap((n) => featurePresets[n] ?? [n])
    .flatMap((name) => {
      const among = crossSectionOf(name)
      const request = among === undefined ? undefined : resolveIndicator(among.of, (n) => featureByName(n) ?? contributed(n))
      return among === undefined || request === undefined || request instanceof UnknownIndicator
        ? []
        : [{ name: name.toLowerCase(), how: among.how, request }]
    })
export interface CrossSectionRequest {
  /** Name of the column. */
  readonly name: string
  readonly how: "rank" | "z"
  readonly request: Request
}
/** Whether any of the features is of events, or of news. */
export const readsOf = (set: FeatureSet): { readonly events: boolean; readonly news: boolean } => {
  const names = set.features.map(({ def }) => def.name)
  return {
    events: names.some((n) => /^(event_|days_(to|from)_(?!expiry))/.test(n)),
    news: names.some((n) => n.startsWith("news_"))
  }
}
/** Every column of the set by name: features first, then labels. */
export const computeSet = (set: FeatureSet, columns: SeriesColumns): Record<string, Float64Array> => {
  const more: Record<string, Float64Array> = {}
  for (const { def, parameters, output } of set.features)
    for (const [i, values] of computeOutputs(def, parameters, columns).entries())
      if (output === undefined || output === i) more[columnName(def, parameters, def.outputs[i]!)] = values
  for (const label of set.labels) for (const [i, values] of label.compute(columns).entries()) more[label.columns[i]!] = values
  return more
}
/** What the columns mean, with a hash of it: two data sets with one hash have the same features. */
export const manifestOf = (set: FeatureSet): Json => {
  const content = {
    features: set.features.map(({ def, parameters, output }) => ({
      name: def.name,
      summary: def.summary ?? "",
      columns: def.outputs
        .filter((_, i) => output === undefined || output === i)
        .map((suffix) => columnName(def, parameters, suffix)),
      parameters: Object.fromEntries(def.parameters.map((p, i) => [p.name, parameters[i]!])),
      inputs: [...(def.inputs ?? ["open", "high", "low", "close", "volume"])],
      lookback: def.lookback(parameters)
    })),
    labels: set.labels.map(({ name, summary, columns }) => ({ name, summary, columns: [...columns] })),
    prices: "adjusted for splits and dividends",
    known: "at available_at of the bar; labels look ahead and are no features"
  }
  return { hash: createHash("sha256").update(JSON.stringify(content)).digest("hex"), ...content }
}

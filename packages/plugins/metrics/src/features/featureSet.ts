/** Which columns a feature set has, and how to compute them. */
import { createHash } from "node:crypto"
import type { Json } from "@tetra/core"
import { computeOutputs, indicatorPlan } from "../indicators/compute.ts"
import { columnName, type Lookup, type Request, resolveIndicator, UnknownIndicator } from "../indicators/names.ts"
import type { SeriesColumns } from "../types.ts"
import { type LabelDef, labelByName, labelForms } from "./labelNames.ts"
import { crossSectionOf, nothingAround, type Surroundings, surroundingFeature, surroundingFeatures } from "./happenings.ts"
import { featureByName, featureNames, featurePresets } from "./registry.ts"

export interface FeatureSet {
  readonly features: ReadonlyArray<Request>
  readonly labels: ReadonlyArray<LabelDef>
  /** The features whose signs are the sides of meta labels, by name. */
  readonly sides: ReadonlyMap<string, Request>
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
  const known = [...featureNames, ...surroundingFeatures(around).map(({ name }) => name)]
  const found = new Map<string, Request>()
  for (const name of names.flatMap((n) => featurePresets[n] ?? [n])) {
    if (name.startsWith("label_")) {
      problems.push(`"${name}" is a label and looks ahead: name it in labels, not in features`)
      continue
    }
    const among = crossSectionOf(name)
    const inner = among === undefined ? undefined : resolveIndicator(among.of, ofBars, featureNames)
    const request = resolveIndicator(name, (n) => surrounding(n) ?? ofBars(n), known)
    if (inner instanceof UnknownIndicator) problems.push(`"${name}" is made from ${inner.message}`)
    else if (request instanceof UnknownIndicator) problems.push(request.message)
    else if (request.def.repaints === true) problems.push(`"${name}" repaints, later bars change it: it is no feature`)
    else found.set(`${columnName(request.def, request.parameters, "")} ${request.output ?? ""}`, request)
  }
  const answers: Array<LabelDef> = []
  const sides = new Map<string, Request>()
  for (const name of new Set(labels)) {
    const label = labelByName(name)
    if (label === undefined) problems.push(`"${name}" is no label; labels are ${labelForms}`)
    else answers.push(label)
    if (label?.side === undefined) continue
    const side = resolveIndicator(label.side, (n) => surrounding(n) ?? ofBars(n), known)
    if (side instanceof UnknownIndicator) problems.push(`the side of "${name}" is ${side.message}`)
    else sides.set(label.side, side)
  }
  return problems.length > 0 ? problems : { features: [...found.values()], labels: answers, sides }
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
const noSide = new Float64Array(0)
/** Every column of the set by name: features first, then labels. */
export const computeSet = (set: FeatureSet, columns: SeriesColumns): Record<string, Float64Array> => {
  const more = indicatorPlan(set.features)(columns)
  for (const label of set.labels) {
    const side = label.side === undefined ? undefined : set.sides.get(label.side)
    const values = side === undefined ? noSide : computeOutputs(side.def, side.parameters, columns)[side.output ?? 0]!
    for (const [i, column] of label.compute(columns, values).entries()) more[label.columns[i]!] = column
  }
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
    labels: set.labels.map(({ columns, horizon, name, summary }) => ({ name, summary, columns: [...columns], horizon })),
    prices: "adjusted for splits and dividends",
    known: "at available_at of the bar; labels look ahead and are no features"
  }
  return { hash: createHash("sha256").update(JSON.stringify(content)).digest("hex"), ...content }
}

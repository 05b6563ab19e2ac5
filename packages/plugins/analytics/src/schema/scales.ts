/** Known ordered scales, lowest first, in lower case. */
const scales: ReadonlyArray<ReadonlyArray<string>> = [
  ["very low", "low", "medium", "high", "very high"],
  ["low", "normal", "high", "critical"],
  ["trivial", "minor", "major", "critical", "blocker"],
  ["lowest", "low", "medium", "high", "highest"],
  ["xxs", "xs", "s", "m", "l", "xl", "xxl", "xxxl"],
  ["small", "medium", "large", "extra large"],
  ["strongly disagree", "disagree", "neutral", "agree", "strongly agree"],
  ["very dissatisfied", "dissatisfied", "neutral", "satisfied", "very satisfied"],
  ["never", "rarely", "sometimes", "often", "always"],
  ["poor", "fair", "good", "very good", "excellent"],
  ["fair", "good", "very good", "premium", "ideal"],
  ["first", "second", "third", "fourth", "fifth"],
  ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"],
  ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
  ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
  ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
  ["i1", "si2", "si1", "vs2", "vs1", "vvs2", "vvs1", "if"]
]
/** The labels in the order of a known scale that holds all of them (at least three), or of their numeric prefixes (`1. new`). */
export const orderOf = (labels: ReadonlyArray<string>): ReadonlyArray<string> | undefined => {
  if (labels.length < 3 || labels.length > 50) return undefined
  const scale = scales.find((scale) => labels.every((label) => scale.includes(label.trim().toLowerCase())))
  if (scale !== undefined)
    return labels.toSorted((a, b) => scale.indexOf(a.trim().toLowerCase()) - scale.indexOf(b.trim().toLowerCase()))
  const prefix = (label: string) => Number(/^\s*(\d{1,3})[.):\-–+ ]\s*\D/.exec(label)?.[1] ?? NaN)
  return labels.every((label) => !Number.isNaN(prefix(label))) ? labels.toSorted((a, b) => prefix(a) - prefix(b)) : undefined
}

import type { Dimension, Finding, Quality, Severity } from "../types.ts"

const severityWeight: Record<Severity, number> = { info: 0.02, warning: 0.15, error: 0.5, critical: 1 }
const dimensionWeight: Record<Dimension, number> = {
  completeness: 0.25,
  validity: 0.25,
  uniqueness: 0.15,
  consistency: 0.15,
  integrity: 0.1,
  timeliness: 0.1
}

/**
 * Scores 0 to 100: a dimension is 100 x prod(1 - w sqrt(a)) over its findings, with w the weight of the severity and a the
 * share affected; the whole is their weighted mean. Any error caps it at 79, any critical finding at 40.
 */
export const scoreOf = (findings: ReadonlyArray<Finding>): Pick<Quality, "score" | "grade" | "dimensions"> => {
  const dimensions = Object.fromEntries(
    Object.keys(dimensionWeight).map((dimension) => [
      dimension,
      findings
        .filter((f) => f.dimension === dimension)
        .reduce((score, f) => score * (1 - severityWeight[f.severity] * Math.sqrt(f.share)), 100)
    ])
  )
  const mean = Object.entries(dimensionWeight).reduce((sum, [dimension, weight]) => sum + weight * dimensions[dimension]!, 0)
  const cap = findings.some((f) => f.severity === "critical") ? 40 : findings.some((f) => f.severity === "error") ? 79 : 100
  const score = Math.min(cap, mean)
  return { score, dimensions, grade: score >= 90 ? "A" : score >= 80 ? "B" : score >= 70 ? "C" : score >= 60 ? "D" : "F" }
}

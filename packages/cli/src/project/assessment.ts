/** The assessment report that a run left among its files. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

/** The part that is read of it; its `format` names its version. */
export interface AssessmentReport {
  readonly format: string
  /** Days since 1970, ascending. */
  readonly days: ReadonlyArray<number>
  /** Best first. `measures` by name, as ratios. */
  readonly strategies: ReadonlyArray<{
    readonly id: string
    readonly title: string
    readonly parameters: string
    readonly rank: number
    readonly score: number | null
    readonly verdict: string
    readonly measures: Readonly<Record<string, number | null | undefined>>
  }>
  readonly details: Readonly<Record<string, { readonly equity: ReadonlyArray<number> } | undefined>>
}
const format = "tetra/assessment-report@1"

/** The newest format that is known, among the report files of a run; undefined when it left none or cannot be read. */
export const assessmentOf = (home: string, run: string): AssessmentReport | undefined => {
  const folder = join(home, "reports", run)
  if (run === "" || !existsSync(folder)) return undefined
  try {
    for (const stage of readdirSync(folder)) {
      const file = join(folder, stage, "assessment.json")
      if (!existsSync(file)) continue
      const report = JSON.parse(readFileSync(file, "utf8")) as AssessmentReport
      if (report.format === format) return report
    }
  } catch {
    // A file that is being written, or that is no report: then there is nothing to tell of it.
  }
  return undefined
}

/** `npm run bench`: runs the benchmarks (all, or the files that are named) and closes with one table of the budgets. */
import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { cpus, loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { type Budget, type BudgetName, budgets, type Measured, resultsVariable } from "./budgets.ts"

const isRate = ({ unit }: Budget): boolean => unit === "/s"
const rounded = (value: number): string => value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 2 : 0 })

const row = (name: BudgetName, all: ReadonlyArray<Measured>): ReadonlyArray<string> => {
  const budget: Budget = budgets[name]
  const values = all.filter((one) => one.budget === name).map(({ value }) => value)
  const limit = `${isRate(budget) ? "at least" : "at most"} ${rounded(budget.limit)} ${budget.unit}`
  if (values.length === 0) return [budget.name, "-", limit, "not measured"]
  const worst = isRate(budget) ? Math.min(...values) : Math.max(...values)
  const isKept = isRate(budget) ? worst >= budget.limit : worst <= budget.limit
  return [budget.name, `${rounded(worst)} ${budget.unit}`, limit, isKept ? "ok" : "over"]
}
const table = (rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const width = (column: number): number => Math.max(...rows.map((cells) => cells[column]!.length))
  const pad = (cell: string, column: number): string =>
    column === 1 || column === 2 ? cell.padStart(width(column)) : cell.padEnd(width(column))
  return rows.map((cells) => cells.map(pad).join("  ").trimEnd()).join("\n")
}

const folder = mkdtempSync(join(tmpdir(), "tetra-bench-"))
const file = join(folder, "results.jsonl")
const load = (): string => loadavg()[0]!.toFixed(1)
const before = load()
const { error, status } = spawnSync("vitest", ["bench", "--run", ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { ...process.env, [resultsVariable]: file },
  shell: process.platform === "win32"
})
if (error !== undefined) throw error
const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []
rmSync(folder, { recursive: true, force: true })
const all = lines.map((line) => JSON.parse(line) as Measured)
const names = Object.keys(budgets) as ReadonlyArray<BudgetName>
console.log(`\nBudgets, for a quiet machine (load ${before} before, ${load()} after, on ${cpus().length} cores)\n`)
console.log(table([["", "measured", "budget", ""], ...names.map((name) => row(name, all))]))
process.exitCode = status ?? 1

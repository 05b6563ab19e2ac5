/** Results of backtests in columns: what a checkpoint makes durable at once. */
import { hash } from "node:crypto"
import { batch, type Batch, text } from "@tetra/core"
import type { MetricName } from "../performance/metrics.ts"
import type { Backtests } from "../types.ts"
import type { Account } from "./subjects.ts"
import type { Trial } from "./plan.ts"

/** Digits of a fingerprint that are stored: 64 bits. */
const DIGITS = 16

export class ResultColumns {
  private readonly accounts: Array<Account> = []
  private readonly trials: Array<Trial> = []
  private readonly metrics: ReadonlyArray<Float64Array>
  private readonly names: ReadonlyArray<MetricName>
  private readonly made: string

  /** Room for `rows` results of some metrics, made by the code and rules that `made` tells. */
  constructor(rows: number, { made, metrics }: { readonly made: string; readonly metrics: ReadonlyArray<MetricName> }) {
    this.made = made
    this.names = metrics
    this.metrics = metrics.map(() => new Float64Array(rows))
  }

  /** `measures` in the order of the metrics, from place `from` on. */
  add(account: Account, trial: Trial, measures: Float64Array, from: number): void {
    const row = this.accounts.length
    this.accounts.push(account)
    this.trials.push(trial)
    for (let i = 0; i < this.metrics.length; i++) this.metrics[i]![row] = measures[from + i]!
  }

  batch(): Batch<(typeof Backtests)["columns"]> {
    const { accounts, trials, made } = this
    const rows = accounts.length
    const fingerprint = ({ bars }: Account, trial: Trial): string =>
      hash("sha256", `${bars}\n${made}\n${trial.strategy.name}\n${trial.text}`).slice(0, DIGITS)
    return batch(
      {
        scenario_id: text(accounts.map((a) => a.scenario)),
        path: Int32Array.from(accounts, (a) => a.path),
        symbol: text(accounts.map((a) => a.symbol)),
        strategy: text(trials.map((t) => t.strategy.name)),
        parameters: text(trials.map((t) => t.text)),
        first: Int32Array.from(accounts, (a) => a.days.at(0)!),
        last: Int32Array.from(accounts, (a) => a.days.at(-1)!),
        bars: Int32Array.from(accounts, (a) => a.days.length),
        fingerprint: text(accounts.map((account, i) => fingerprint(account, trials[i]!)))
      },
      Object.fromEntries(this.names.map((name, i) => [name, this.metrics[i]!.subarray(0, rows)]))
    )
  }
}

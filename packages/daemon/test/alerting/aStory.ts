import { alertingOf } from "../../src/alerting/Rule.ts"
import type { DeliveryBody, SilenceBody } from "../../src/alerting/records.ts"
import { type AlertState, noAlerts, type Reading } from "../../src/alerting/State.ts"
import { type Step, step } from "../../src/alerting/step.ts"
import { withAck } from "../../src/alerting/wishes.ts"
import type { Verdict } from "../../src/alerting/condition/Condition.ts"

export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute
const dawn = Date.parse("2026-11-23T00:00:00Z")

type Block = Readonly<Record<string, unknown>>
/** Alerting of a configuration as it is written, without secrets. */
export const anAlerting = (
  alerting: Block,
  more: { readonly downstream?: Readonly<Record<string, ReadonlyArray<string>>> } = {}
) =>
  alertingOf(
    { alerting },
    {
      environment: "production",
      downstream: new Map(Object.entries(more.downstream ?? {}).map(([name, all]) => [name, new Set(all)]))
    }
  )
export const aRule = (name: string, condition: string, more: Block = {}): Block => ({
  name,
  condition,
  severity: "high",
  channels: ["slack"],
  ...more
})

/** One rule set under a clock: `look` says what rules read, and answers what is told then. */
export class Story {
  state: AlertState = noAlerts
  alerting: ReturnType<typeof anAlerting>
  /** Seconds after midnight and the lines of deliveries since the last question. */
  private lines: Array<string> = []
  readonly sent: Array<DeliveryBody> = []
  nextAt = Infinity
  constructor(alerting: ReturnType<typeof anAlerting>) {
    this.alerting = alerting
  }
  /** `now` in milliseconds after midnight; verdicts by rule and pipeline: `{ "Pipeline Failure p": "true" }`. */
  look(
    now: number,
    verdicts: Readonly<Record<string, Verdict>> = {},
    more: Partial<Reading> & { readonly isWhole?: boolean } = {}
  ): ReadonlyArray<string> {
    const { isWhole = false, ...rest } = more
    const readings = Object.entries(verdicts).map(([name, verdict]): Reading => {
      const at = name.lastIndexOf(" ")
      const rule = this.alerting.rules.find((one) => one.name === name.slice(0, at))!
      return { rule, subject: { pipeline: name.slice(at + 1) }, verdict, text: `${name.slice(0, at)} is ${verdict}`, ...rest }
    })
    return this.take(readings, now, isWhole)
  }
  take(readings: ReadonlyArray<Reading>, now: number, isWhole = false): ReadonlyArray<string> {
    return this.keep(step(this.alerting, this.state, { readings, isWhole }, dawn + now))
  }
  /** Somebody has the first incident of this rule in hand. */
  acknowledge(rule: string, now: number, until: number): ReadonlyArray<string> {
    const key = [...this.state.incidents.values()].find(({ body }) => body.rule === rule)!.key
    return this.keep(withAck(this.alerting, this.state, key, { by: "ann", note: "", until: dawn + until }, dawn + now)!)
  }
  private keep({ nextAt, state, writes }: Step): ReadonlyArray<string> {
    this.state = state
    this.nextAt = nextAt - dawn
    for (const write of writes) {
      if (!("put" in write) || write.put.collection !== "delivery") continue
      const body = write.put.body as unknown as DeliveryBody
      this.sent.push(body)
      const { alerts, kind, n } = body.message
      this.lines.push(
        `${body.channel} ${kind} ${n}: ${alerts.map(({ pipeline, rule }) => `${rule} ${pipeline ?? ""}`.trim()).join(", ")}`
      )
    }
    const told = this.lines
    this.lines = []
    return told
  }
  silence(body: Omit<SilenceBody, "from" | "until"> & { readonly from: number; readonly until: number }): void {
    const kept = { ...body, from: dawn + body.from, until: dawn + body.until }
    this.state = { ...this.state, silences: [{ key: "s", at: kept.from, due: kept.until, version: 1, body: kept }] }
  }
  /** By rule and pipeline: how every incident stands. */
  get standing(): ReadonlyArray<string> {
    return [...this.state.incidents.values()].map(({ body, key }) =>
      [
        body.rule,
        body.subject.pipeline ?? body.subject.part,
        body.state,
        key.split("#")[1],
        ...(body.reason === undefined ? [] : [body.reason]),
        ...(body.muted === undefined ? [] : [`(${body.muted.split(" (")[0]})`])
      ].join(" ")
    )
  }
}

import { defineStage } from "@tetra/core"
import { Schema } from "effect"
import { Limits, withSession } from "../duckdb/Session.ts"
import { openTable } from "../duckdb/tables.ts"
import { ValidationRule } from "../points.ts"
import { Labels, Quality, Rows, Severity, Source, TableSchema } from "../types.ts"
import { gatherFacts } from "../validation/gatherFacts.ts"
import { applyRules } from "../validation/Rule.ts"
import { rules } from "../validation/rules/index.ts"
import { scoreOf } from "../validation/score.ts"

/** Strict validation found errors. The data is unchanged and later stages go on without a quality report. */
export class ValidationFailed extends Schema.TaggedError<ValidationFailed>()("ValidationFailed", {
  errors: Schema.Int,
  first: Schema.String
}) {
  override get message() {
    return `strict_validation: ${this.errors} rules found errors, first: ${this.first} Mend the data, switch the rule off under rules, or set strict_validation to false.`
  }
}

/** `rules` names a rule that no listed plugin contributes. */
export class UnknownRule extends Schema.TaggedError<UnknownRule>()("UnknownRule", {
  code: Schema.String,
  others: Schema.Array(Schema.String)
}) {
  override get message() {
    const known = this.others.length === 0 ? "No listed plugin contributes rules" : `Plugins contribute ${this.others.join(", ")}`
    return `no rule is called ${this.code}. ${known}: list its plugin, or take it out of rules.`
  }
}

/** What may be set per rule: `off`, or the severity that its findings get. */
export const RuleSettings = Schema.Record(Schema.String, Schema.Union([Schema.Literal("off"), Severity])).check(
  Schema.makeFilter((settings) => {
    // Rules of other plugins are named with their owner; which there are is known when the stage runs.
    const unknown = Object.keys(settings).filter((code) => !code.includes("/") && !rules.some((rule) => rule.code === code))
    return unknown.length === 0
      ? undefined
      : `no rule is called ${unknown.join(", ")}; the rules are ${rules.map((rule) => rule.code).join(", ")}`
  })
)

export const dataValidation = defineStage({
  id: "analytics/data-validation",
  version: 1,
  summary: "Check the table against the quality rules and score it.",
  config: Schema.Struct({ limits: Limits, strict_validation: Schema.Boolean, rules: RuleSettings }),
  inputs: { source: Source, table: Rows, labels: Labels, schema: TableSchema },
  outputs: { quality: Quality },
  uses: { contributed: ValidationRule },
  errors: [ValidationFailed, UnknownRule],
  policy: { onFailure: "degrade", timeout: "1 hour" },
  async run(context) {
    const { config, inputs, signal, uses } = context
    const all = [...rules, ...uses.contributed.all.map(({ value }) => value)]
    const unknown = Object.keys(config.rules).find((code) => !all.some((rule) => rule.code === code))
    if (unknown !== undefined) throw new UnknownRule({ code: unknown, others: uses.contributed.keys })
    const facts = await withSession({ signal, limits: config.limits }, async (session) =>
      gatherFacts(session, inputs.source, await openTable(session, inputs), (done, total) =>
        context.progress(done, total, "parts")
      )
    )
    const active = all.filter((rule) => config.rules[rule.code] !== "off")
    const findings = applyRules(active, facts).map((finding) => {
      const setting = config.rules[finding.code]
      return setting === undefined || setting === "off" ? finding : { ...finding, severity: setting }
    })
    const errors = findings.filter((f) => f.severity === "error" || f.severity === "critical")
    if (config.strict_validation && errors.length > 0)
      throw new ValidationFailed({ errors: errors.length, first: errors[0]!.message })
    return { quality: { ...scoreOf(findings), findings, checked: active.map((rule) => rule.code) } }
  }
})

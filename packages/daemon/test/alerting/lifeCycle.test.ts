import { describe, expect, it } from "vitest"
import { builtInRule } from "../../src/alerting/Rule.ts"
import { anAlerting, aRule, hour, minute, second, Story } from "./aStory.ts"

const failure = aRule("Failure", "pipeline_status == 'failed'")
const stale = aRule("Stale", "data_age_hours > 48", { severity: "medium", channels: ["email"] })

describe("an incident", () => {
  it("is told once its group was waited for, and is told to be over to whoever heard of it", () => {
    const story = new Story(anAlerting({ rules: [failure] }))
    expect(story.look(0, { "Failure p": "true" })).toEqual([])
    expect(story.nextAt).toBe(10 * second)
    expect(story.look(10 * second)).toEqual(["slack trigger 1: Failure p"])
    expect(story.look(minute, { "Failure p": "true" })).toEqual([])
    expect(story.look(2 * minute, { "Failure p": "false" })).toEqual(["slack resolve 2: Failure p"])
    expect(story.look(3 * minute, { "Failure p": "false" })).toEqual([])
  })
  it("that is critical waits for no group, and one that is over before it was told is never told", () => {
    const story = new Story(anAlerting({ rules: [{ ...failure, severity: "critical" }, stale] }))
    expect(story.look(0, { "Failure p": "true", "Stale q": "true" })).toEqual(["slack trigger 1: Failure p"])
    expect(story.look(5 * second, { "Stale q": "false" })).toEqual([])
    expect(story.look(minute)).toEqual([])
  })
  it("waits for `for`, whether or not anybody looked meanwhile; a false between begins anew", () => {
    const story = new Story(anAlerting({ rules: [{ ...failure, for: "10m" }], group_wait: "0s" }))
    story.look(0, { "Failure p": "true" })
    story.look(9 * minute, { "Failure p": "false" })
    expect(story.look(10 * minute, { "Failure p": "true" })).toEqual([])
    expect(story.nextAt).toBe(20 * minute)
    expect(story.look(20 * minute, { "Failure p": "true" })).toEqual(["slack trigger 1: Failure p"])
  })
  it("stays for `keep_firing_for` after its condition is false", () => {
    const story = new Story(anAlerting({ rules: [{ ...failure, keep_firing_for: "5m" }], group_wait: "0s" }))
    story.look(0, { "Failure p": "true" })
    expect(story.look(minute, { "Failure p": "false" })).toEqual([])
    expect(story.look(3 * minute, { "Failure p": "true" })).toEqual([])
    expect(story.look(4 * minute, { "Failure p": "false" })).toEqual([])
    expect(story.look(9 * minute, { "Failure p": "false" })).toEqual(["slack resolve 2: Failure p"])
  })
  it("that comes back within minutes is the same one, told at most once per interval; later it is a new one", () => {
    const story = new Story(anAlerting({ rules: [failure], group_wait: "0s" }))
    expect(story.look(0, { "Failure p": "true" })).toEqual(["slack trigger 1: Failure p"])
    expect(story.look(minute, { "Failure p": "false" })).toEqual(["slack resolve 2: Failure p"])
    expect(story.look(2 * minute, { "Failure p": "true" })).toEqual([])
    expect(story.look(2.5 * minute, { "Failure p": "false" })).toEqual([])
    expect(story.look(3 * minute, { "Failure p": "true" })).toEqual([])
    expect(story.nextAt).toBe(5 * minute)
    expect(story.look(5 * minute)).toEqual(["slack update 3: Failure p"])
    expect(story.look(6 * minute, { "Failure p": "false" })).toEqual(["slack resolve 4: Failure p"])
    expect(story.look(12 * minute, { "Failure p": "true" })).toEqual(["slack trigger 1: Failure p"])
    expect(story.standing).toEqual(["Failure p firing 2"])
  })
  it("is repeated while nobody has it in hand", () => {
    const story = new Story(anAlerting({ rules: [{ ...failure, repeat_interval: "1h" }], group_wait: "0s" }))
    story.look(0, { "Failure p": "true" })
    expect(story.look(hour, { "Failure p": "true" })).toEqual(["slack update 2: Failure p"])
    expect(story.look(2 * hour - second, { "Failure p": "true" })).toEqual([])
    expect(story.look(2 * hour, { "Failure p": "true" })).toEqual(["slack update 3: Failure p"])
  })
  it("of a rule that was edited or taken out is over, and told so", () => {
    const story = new Story(anAlerting({ rules: [failure, stale], group_wait: "0s" }))
    story.look(0, { "Failure p": "true", "Stale q": "true" }, { isWhole: true })
    story.alerting = anAlerting({ rules: [{ ...failure, severity: "low" }], group_wait: "0s" })
    const told = story.look(minute, { "Failure p": "true" }, { isWhole: true })
    expect(told).toEqual(["slack resolve 2: Failure p", "email resolve 2: Stale q", "slack trigger 1: Failure p"])
    expect(story.standing.toSorted()).toEqual([
      "Failure p firing 2",
      "Failure p resolved 1 rule_changed",
      "Stale q resolved 1 rule_changed"
    ])
  })
  it("is over when what it is about is no longer there", () => {
    const story = new Story(anAlerting({ rules: [failure], group_wait: "0s" }))
    story.look(0, { "Failure p": "true" }, { isWhole: true })
    expect(story.look(minute, {}, { isWhole: true })).toEqual(["slack resolve 2: Failure p"])
  })
})

describe("what is not known (unknown-is-not-ok)", () => {
  it("fires nothing, resolves nothing, and is an alert of its own after a quarter of an hour", () => {
    const story = new Story(anAlerting({ rules: [failure, stale], default_channels: ["console"], group_wait: "0s" }))
    expect(story.look(0, { "Failure p": "true", "Stale p": "unknown", "Stale q": "unknown" }, { isWhole: true })).toEqual([
      "slack trigger 1: Failure p"
    ])
    const unknown = { "Failure p": "unknown", "Stale p": "unknown", "Stale q": "unknown" } as const
    expect(story.look(14 * minute, unknown, { isWhole: true })).toEqual([])
    expect(story.look(15 * minute, unknown, { isWhole: true })).toEqual(["console trigger 1: rule_unknown"])
    expect(story.sent.at(-1)?.message.text).toContain('"Stale" cannot tell for p, q')
    expect(story.standing.filter((line) => line.startsWith("Failure"))).toEqual(["Failure p firing 1"])
    expect(
      story.look(16 * minute, { "Failure p": "unknown", "Stale p": "false", "Stale q": "false" }, { isWhole: true })
    ).toEqual(["console resolve 2: rule_unknown"])
  })
  it("for want of runs alone is no alert", () => {
    const story = new Story(anAlerting({ rules: [failure], group_wait: "0s" }))
    story.look(0, { "Failure p": "unknown" }, { isWhole: true, isEarly: true })
    expect(story.look(hour, { "Failure p": "unknown" }, { isWhole: true, isEarly: true })).toEqual([])
  })
})

describe("what belongs together", () => {
  it("is one message per channel, about what the channel was asked to be told", () => {
    const story = new Story(
      anAlerting({
        rules: [
          failure,
          { ...failure, name: "Slow", condition: "duration_minutes > 1", channels: ["slack", "email"], severity: "low" }
        ]
      })
    )
    story.look(0, { "Failure p": "true" })
    story.look(5 * second, { "Slow p": "true", "Failure q": "true" })
    expect(story.look(10 * second)).toEqual(["slack trigger 1: Failure p, Slow p", "email trigger 1: Slow p"])
    expect(story.look(15 * second)).toEqual(["slack trigger 1: Failure q"])
    expect(story.look(minute, { "Slow p": "false" })).toEqual([])
    expect(story.look(2 * minute, { "Failure p": "false" })).toEqual([
      "slack resolve 2: Failure p, Slow p",
      "email resolve 2: Slow p"
    ])
  })
  it("alert-storm: 500 failures in a second are one message and one page, and one end", () => {
    const story = new Story(anAlerting({ rules: [{ ...failure, severity: "critical", channels: ["pagerduty", "slack"] }] }))
    const all = (verdict: "true" | "false", from: number, to: number) =>
      Object.fromEntries(Array.from({ length: to - from }, (_, i) => [`Failure p${from + i}`, verdict]))
    const first = [...story.look(0, all("true", 0, 250)), ...story.look(second, all("true", 250, 500))]
    expect(first.map((line) => line.split(":")[0])).toEqual(["pagerduty trigger 1", "slack trigger 1"])
    expect(story.sent[0]?.message.subject).toContain("and 249 more")
    expect(story.look(5 * minute).map((line) => line.split(":")[0])).toEqual(["pagerduty update 2", "slack update 2"])
    expect(story.sent.at(-1)?.message.subject).toContain("and 499 more")
    expect(story.look(6 * minute, all("false", 0, 499))).toEqual([])
    expect(story.look(7 * minute, all("false", 499, 500)).map((line) => line.split(":")[0])).toEqual([
      "pagerduty resolve 3",
      "slack resolve 3"
    ])
  })
})

describe("what is muted", () => {
  it("is the age of data of a failed pipeline and of what is made from it; it is told when the failure is over", () => {
    const story = new Story(anAlerting({ rules: [failure, stale], group_wait: "0s" }, { downstream: { p: ["q"] } }))
    expect(story.look(0, { "Failure p": "true", "Stale p": "true", "Stale q": "true", "Stale r": "true" })).toEqual([
      "slack trigger 1: Failure p",
      "email trigger 1: Stale r"
    ])
    expect(story.standing).toContain("Stale q firing 1 (because of Failure)")
    expect(story.look(minute, { "Failure p": "false" })).toEqual(
      expect.arrayContaining(["slack resolve 2: Failure p", "email trigger 1: Stale p", "email trigger 1: Stale q"])
    )
  })
  it("is what a rule inhibits that the configuration names", () => {
    const inhibit = [{ source: "Failure", target: "St*", equal: ["pipeline"] }]
    const rules = [failure, { ...stale, condition: "records_ratio < 0.5" }]
    const story = new Story(anAlerting({ rules, inhibit, group_wait: "0s" }))
    expect(story.look(0, { "Failure p": "true", "Stale p": "true", "Stale q": "true" })).toEqual([
      "slack trigger 1: Failure p",
      "email trigger 1: Stale q"
    ])
  })
  it("is what a silence matches, until it ends", () => {
    const story = new Story(anAlerting({ rules: [failure, stale], group_wait: "0s" }))
    story.silence({
      matchers: [
        { name: "pipeline", sign: "=~", value: "p*" },
        { name: "severity", sign: "!=", value: "low" }
      ],
      from: 0,
      until: hour,
      by: "ann",
      comment: "moving house"
    })
    expect(story.look(0, { "Failure p1": "true", "Failure q": "true" })).toEqual(["slack trigger 1: Failure q"])
    expect(story.standing).toContain("Failure p1 firing 1 (silenced by ann: moving house)")
    expect(story.look(hour, { "Failure p1": "true" })).toEqual(["slack trigger 1: Failure p1"])
  })
})

describe("who is told one after another", () => {
  const ladder = {
    rules: [{ ...failure, escalation: "night" }],
    group_wait: "0s",
    escalations: {
      night: {
        steps: [
          { after: "0s", channels: ["slack", "pagerduty"] },
          { after: "15m", channels: ["sms"] }
        ],
        repeat: 1
      }
    }
  }
  it("is every step of a ladder until somebody has it in hand, then once more from its beginning", () => {
    const story = new Story(anAlerting(ladder))
    expect(story.look(0, { "Failure p": "true" })).toEqual(["slack trigger 1: Failure p", "pagerduty trigger 1: Failure p"])
    expect(story.nextAt).toBe(15 * minute)
    expect(story.look(15 * minute - 1)).toEqual([])
    expect(story.look(15 * minute)).toEqual(["sms trigger 1: Failure p"])
    expect(story.sent.at(-1)?.message.text).toContain("nobody has acknowledged it: step 2 of 2 of night")
    expect(story.look(30 * minute)).toEqual(["slack update 2: Failure p", "pagerduty update 2: Failure p"])
    expect(story.look(45 * minute)).toEqual(["sms update 2: Failure p"])
    expect(story.look(3 * hour)).toEqual([])
    expect(story.look(3.5 * hour, { "Failure p": "false" })).toHaveLength(3)
  })
  it("is nobody further once it is over", () => {
    const story = new Story(anAlerting(ladder))
    story.look(0, { "Failure p": "true" })
    story.look(minute, { "Failure p": "false" })
    expect(story.look(15 * minute)).toEqual([])
  })
  it("is nobody while somebody has it in hand; the channels hear of that; it lapses when it gets worse or its time is over", () => {
    const story = new Story(anAlerting({ ...ladder, rules: [...ladder.rules, { ...stale, repeat_interval: "30m" }] }))
    story.look(0, { "Failure p": "true", "Stale q": "true" })
    expect(story.acknowledge("Failure", minute, 2 * hour)).toEqual(["slack ack 2: Failure p", "pagerduty ack 2: Failure p"])
    expect(story.acknowledge("Stale", minute, 24 * hour)).toEqual(["email ack 2: Stale q"])
    expect(story.look(hour, { "Failure p": "true", "Stale q": "true" })).toEqual([])
    expect(story.look(2 * hour)).toEqual(["slack update 3: Failure p", "pagerduty update 3: Failure p"])
    const worse = { ...story.alerting.rules[1]!, severity: "critical" as const }
    const reading = { rule: worse, subject: { pipeline: "q" }, verdict: "true" as const, text: "" }
    expect(story.take([reading], 2 * hour + minute)).toEqual(["email update 3: Stale q"])
  })
  it("is whoever is enabled, a quarter of an hour apart, when nobody wrote page_oncall", () => {
    const channels = { slack: { enabled: true }, email: {}, sms: { enabled: false } }
    const { ladders } = anAlerting({ rules: [], channels })
    expect(ladders.get("page_oncall")?.steps).toEqual([
      { afterMs: 0, channels: ["slack"] },
      { afterMs: 15 * minute, channels: ["email"] }
    ])
  })
})

describe("a recovery procedure", () => {
  const recovery = { severity: "high", channels: ["email", "slack"], escalation: "page_oncall" } as const
  const channels = { slack: {}, email: {} }
  const raised = (verdict: "true" | "false") => ({
    rule: builtInRule("recovery_procedure", "high", [], { groupBy: ["pipeline"], about: "failure" }),
    subject: { pipeline: "p" },
    verdict,
    text: "p failed",
    recovery
  })
  it("adds its people to the incident of a rule about the same failure: one message per channel", () => {
    const story = new Story(anAlerting({ rules: [failure], channels }))
    story.look(0, { "Failure p": "true" })
    expect(story.take([raised("true")], second)).toEqual([])
    expect(story.look(10 * second)).toEqual(["slack trigger 1: Failure p", "email trigger 1: Failure p"])
    expect(story.take([raised("true")], 15 * minute + 10 * second)).toEqual(["email update 2: Failure p"])
    expect(story.standing).toEqual(["Failure p firing 1"])
  })
  it("is an incident of its own where no rule asks", () => {
    const story = new Story(anAlerting({ rules: [], channels }))
    story.take([raised("true")], 0)
    expect(story.take([raised("true")], 10 * second)).toEqual([
      "email trigger 1: recovery_procedure p",
      "slack trigger 1: recovery_procedure p"
    ])
    expect(story.take([raised("false")], minute)).toEqual([
      "email resolve 2: recovery_procedure p",
      "slack resolve 2: recovery_procedure p"
    ])
  })
})

import { assert, describe, it } from "vitest"
import { evolve, replay } from "../../src/domain/evolve.ts"
import { IllegalEvent } from "../../src/domain/IllegalEvent.ts"
import { isEnded, type RunState, type StageState } from "../../src/domain/RunState.ts"
import type { RunPlan } from "../../src/domain/RunPlan.ts"
import { decide } from "../../src/planning/decide.ts"
import { aPlan } from "../../src/testing/aPlan.ts"
import { type Behaviour, type Log, seeded, simulate, statuses } from "../../src/testing/simulate.ts"

const graphs = 1_000
interface Sample {
  readonly plan: RunPlan
  readonly behaviours: Readonly<Record<string, Behaviour>>
  readonly log: Log
}
/** A random graph of 2 to 10 stages with random policies, behaviours, crashes and now and then a cancellation. */
const sample = (seed: number): Sample => {
  const random = seeded(seed)
  const chance = (p: number) => random() < p
  const names = Array.from({ length: 2 + Math.floor(random() * 9) }, (_, i) => `s${i}`)
  const arrows = names.map((name, i) =>
    [
      ...names
        .slice(0, i)
        .filter(() => chance(0.35))
        .map((up) => `${up} > ${name}`),
      name
    ].join(", ")
  )
  const changes = Object.fromEntries(
    names.map((name) => [
      name,
      {
        partitioned: chance(0.4),
        minCoverage: chance(0.5) ? 0.5 : 1,
        enabled: !chance(0.08),
        outputs: { out: { kind: "value" as const, type: "t/Out@1", asset: chance(0.6) ? `a-${name}` : undefined } },
        ...(chance(0.3) ? { concurrency: 1 } : {}),
        accepts: chance(0.3)
          ? { kind: "optional" as const, inner: { kind: "complete" as const } }
          : chance(0.3)
            ? { kind: "partial" as const, minCoverage: 0.3 }
            : { kind: "complete" as const },
        policy: {
          retry: {
            maxAttempts: 1 + Math.floor(random() * 3),
            initialDelayMs: 5,
            factor: 2,
            maxDelayMs: 50,
            jitter: false,
            only: undefined,
            unless: []
          },
          onFailure: chance(0.2)
            ? ("degrade" as const)
            : chance(0.3)
              ? chance(0.5)
                ? { fallback: "use_previous", maxAgeMs: undefined, ...(chance(0.5) ? { together: "assets" as const } : {}) }
                : { fallback: "use_previous_scenarios", maxAgeMs: undefined, together: "set" as const }
              : ("fail" as const)
        }
      }
    ])
  )
  const behaviours = Object.fromEntries(
    names.map((name): [string, Behaviour] => [
      name,
      {
        keys: ["a", "b", "c", "d"].slice(0, Math.floor(random() * 5)),
        ...(chance(0.35)
          ? { fails: { message: "boom", times: chance(0.5) ? 1 : 9, ...(chance(0.6) ? { partitions: ["", "a"] } : {}) } }
          : {}),
        fallback: { ok: chance(0.5), reason: "fallback use_previous" }
      }
    ])
  )
  const plan = aPlan(
    arrows.join(", "),
    changes,
    chance(0.4)
      ? {
          pipelines: [
            { name: "p", plugin: "test", pluginVersion: "1.0.0", mode: undefined, params: {}, after: [], parallelism: 2 }
          ]
        }
      : {}
  )
  const disturbed = chance(0.3)
  const cancelled = chance(0.1)
  const log = simulate(plan, behaviours, {
    choose: (n) => Math.floor(random() * n),
    disturb: ({ state }) => (
      checkAgenda(state),
      disturbed && chance(0.05) ? "crash" : cancelled && chance(0.02) ? "cancel" : undefined
    )
  })
  return { plan, behaviours, log }
}
/** Where `decide` looks is what a search through all stages finds, whatever is in hand. */
const checkAgenda = (state: RunState): void => {
  const stages = [...state.stages.values()]
  const isSettled = (s: StageState) => s.committed + s.failed === s.units.size
  const idle = stages.filter((s) => s.status === "running" && !s.inHand)
  const hasRoom = (s: StageState) => s.taken + s.running < (s.planned.concurrency ?? Infinity)
  assert.sameMembers(
    [...state.startable],
    stages.filter((s) => s.status === "pending" && s.blockers === 0 && !s.inHand)
  )
  assert.sameMembers([...state.settled], idle.filter(isSettled))
  assert.sameMembers(
    [...state.pipelines.get("p")!.queue],
    idle.filter((s) => !isSettled(s) && hasRoom(s) && s.ready.size + s.waiting.size > 0)
  )
}
const samples = Array.from({ length: graphs }, (_, i) => sample(i + 1))
const each = (check: (sample: Sample, seed: number) => void): void => {
  for (const [i, one] of samples.entries()) {
    const seed = i + 1
    try {
      check(one, seed)
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error })
    }
  }
}
const view = (state: RunState) => ({
  status: state.status,
  reason: state.reason,
  seq: state.seq,
  stages: [...state.stages.values()].map((s) => [
    s.planned.name,
    s.status,
    s.reason,
    s.committed,
    s.failed,
    s.running,
    s.skipCause,
    [...s.units.values()].map((u) => [u.partition, u.status, u.attempt])
  ]),
  pipelines: [...state.pipelines.values()].map((p) => [p.status, p.open, p.live])
})

describe("over seeded random graphs, decide and evolve", () => {
  it("end every run, every stage and every pipeline", () =>
    each(({ log: { state } }) => {
      assert.isTrue(isEnded(state.status))
      assert.isTrue([...state.stages.values()].every((s) => isEnded(s.status) && s.running === 0 && s.taken === 0))
      assert.isTrue([...state.pipelines.values()].every((p) => isEnded(p.status) && p.open === 0 && p.live === 0))
    }))
  it("start a stage only after all that it waits for, and read only what is good enough", () =>
    each(({ plan, log }) => {
      const ended = new Map<string, string>()
      const planned = new Map(plan.stages.map((s) => [s.name, s]))
      for (const event of log.events) {
        if (event._tag === "StageEnded") ended.set(event.stage, event.status)
        if (event._tag !== "StageStarted") continue
        const stage = planned.get(event.stage)!
        for (const up of stage.after) assert.isTrue(ended.has(up), `${event.stage} before ${up}`)
        for (const input of Object.values(stage.inputs))
          if (input.from === "stage" && input.accepts.kind !== "optional")
            assert.include(["completed", "partial"], ended.get(input.stage))
      }
    }))
  it("keep within the tries, the concurrency and the parallelism, and commit a unit once", () =>
    each(({ plan, log }) => {
      const running = new Map<string, number>()
      const committed = new Set<string>()
      let live = 0
      for (const event of log.events) {
        if (event._tag === "RunResumed") {
          running.clear()
          live = 0
        }
        if (event._tag !== "AttemptStarted" && event._tag !== "AttemptFailed" && event._tag !== "UnitCommitted") continue
        const step = event._tag === "AttemptStarted" ? 1 : -1
        running.set(event.stage, (running.get(event.stage) ?? 0) + step)
        live += step
        const { concurrency } = plan.stages.find((s) => s.name === event.stage)!
        assert.isAtMost(running.get(event.stage) ?? 0, concurrency ?? Infinity)
        assert.isAtMost(live, plan.pipelines.at(0)?.parallelism ?? Infinity)
        if (event._tag === "UnitCommitted") {
          const unit = `${event.stage}/${event.partition ?? ""}`
          assert.isFalse(committed.has(unit))
          committed.add(unit)
        }
      }
      for (const stage of log.state.stages.values())
        for (const unit of stage.units.values()) assert.isAtMost(unit.tries, stage.planned.policy.retry.maxAttempts)
    }))
  it("give the live state again when the log is replayed", () =>
    each(({ plan, log }) => assert.deepStrictEqual(view(replay(plan, log.events)), view(log.state))))
  it("lose nothing to a crash: the run ends as it would have", () =>
    each(({ plan, behaviours, log }) => {
      if (log.state.cancel !== undefined) return
      assert.deepStrictEqual(statuses(log), statuses(simulate(plan, behaviours)))
    }))
  it("refuse every event out of its order, and leave the state as it was", () =>
    each(({ plan, log }, seed) => {
      if (seed > 150) return
      const random = seeded(seed)
      const at = 4 + Math.floor(random() * (log.events.length - 4))
      const state = replay(plan, log.events.slice(0, at))
      const before = JSON.stringify(view(state))
      const repeated = log.events.slice(0, at).at(-1)
      const next = log.events.slice(at).at(0)
      if (repeated === undefined || next === undefined) return
      if (["Warned", "RunResumed", "OwnerChanged", "CancelRequested", "AssetPublished"].includes(repeated._tag)) return
      assert.throws(() => evolve(state, { ...repeated, seq: at + 1 }), IllegalEvent)
      assert.throws(() => evolve(state, { ...next, seq: at + 2 }), IllegalEvent)
      assert.strictEqual(JSON.stringify(view(state)), before)
    }))
  it("decide the same for the same state, without changing it", () => {
    const { plan, log } = sample(7)
    for (let at = 3; at < log.events.length; at++) {
      const state = replay(plan, log.events.slice(0, at))
      const before = JSON.stringify(view(state))
      assert.deepStrictEqual(decide(plan, state, 1_000), decide(plan, replay(plan, log.events.slice(0, at)), 1_000))
      assert.strictEqual(JSON.stringify(view(state)), before)
    }
  })
})

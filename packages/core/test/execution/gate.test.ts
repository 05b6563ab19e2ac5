import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { assert, describe, it } from "vitest"
import { type Lane, lanes } from "../../src/domain/RunPlan.ts"
import { ResourceGate, type ResourceRequest, type ResourceVector, type Ticket } from "../../src/execution/ResourceGate.ts"
import { seeded } from "../../src/testing/simulate.ts"

const vector = (cpu: number, memoryMB = 0, slots: ResourceVector["slots"] = {}): ResourceVector => ({ cpu, memoryMB, slots })
const hourMs = 3_600_000

/** A gate of 4 cores, 1000 MiB and one slot "db" under a clock that the test moves, and who was admitted, in order. */
const lab = (capacity = { cpu: 4, memoryMB: 1000 }) => {
  const clock = { now: 0 }
  const gate = new ResourceGate(capacity, () => clock.now)
  gate.setSlots({ db: { most: 1, patienceMs: undefined } })
  const order: Array<string> = []
  const ask = (who: string, need: ResourceVector, more: Partial<ResourceRequest> = {}): Ticket =>
    gate.request({ need, priority: 0, who, admit: () => order.push(who), ...more })
  return { gate, clock, order, ask }
}

describe("the resource gate", () => {
  it("admits all of a vector or nothing", () => {
    const { ask, gate, order } = lab()
    const a = ask("a", vector(2, 800))
    ask("b", vector(1, 300))
    assert.deepStrictEqual(order, ["a"])
    assert.strictEqual(gate.usage.cpu, 2)
    a.release()
    a.release()
    assert.deepStrictEqual(order, ["a", "b"])
    assert.deepStrictEqual(gate.usage, { cpu: 1, memoryMB: 300, slots: {}, waiting: 0 })
  })
  it("gives a request larger than the machine all of the machine, and bounds only slots that it knows", () => {
    const { ask, gate, order } = lab()
    ask("huge", vector(64, 0, { db: 5, licence: 9 }))
    assert.deepStrictEqual(order, ["huge"])
    assert.deepStrictEqual(gate.usage, { cpu: 4, memoryMB: 0, slots: { db: 1, licence: 9 }, waiting: 0 })
  })
  it("takes the higher priority first, and lets a minute of age make up for each step of it, twenty at most", () => {
    const { ask, clock, order } = lab()
    const all = ask("all", vector(4))
    ask("old", vector(4))
    clock.now = 3 * 60_000
    ask("fresh", vector(4), { priority: 2 })
    ask("urgent", vector(4), { priority: 5 })
    all.release()
    assert.deepStrictEqual(order, ["all", "urgent"])
    const { ask: later, clock: clock2, order: order2 } = lab()
    const first = later("first", vector(4))
    later("ancient", vector(4))
    clock2.now = 100 * hourMs
    later("twenty more", vector(4), { priority: 20 })
    const above = later("above", vector(4), { priority: 21 })
    first.release()
    above.release()
    assert.deepStrictEqual(order2, ["first", "above", "ancient"])
  })
  it("lets smaller ones overtake a large one 32 times, then keeps room for it", () => {
    const { ask, order } = lab()
    const first = ask("first", vector(1))
    ask("large", vector(4))
    for (let i = 0; i < 40; i++) ask(`small ${i}`, vector(1)).release()
    assert.strictEqual(order.length, 1 + 32)
    first.release()
    assert.include(order, "large")
  })
  it("keeps room after a minute, however few went past", () => {
    const { ask, clock, order } = lab()
    ask("first", vector(1))
    ask("large", vector(4))
    ask("early", vector(1))
    clock.now = 61_000
    ask("late", vector(1))
    assert.deepStrictEqual(order, ["first", "early"])
  })
  it("forgets who leaves the queue, and gives what was kept for it to others", () => {
    const { ask, clock, order } = lab()
    const a = ask("a", vector(3))
    const large = ask("large", vector(4))
    clock.now = 61_000
    ask("small", vector(1))
    assert.deepStrictEqual(order, ["a"])
    large.release()
    assert.deepStrictEqual(order, ["a", "small"])
    a.release()
  })
  it("keeps nothing of a run whose units are over, though others wait for the same", async () => {
    const { ask, gate } = lab()
    setFlagsFromString("--expose-gc")
    const collect = runInNewContext("gc") as () => void
    // A run is as large as what it says when it is admitted.
    const runOf = (name: string) => {
      const run = { name }
      return { ticket: ask(name, vector(4), { admit: () => void run.name }), run: new WeakRef(run) }
    }
    const over = Array.from({ length: 10 }, (_, i) => runOf(`run ${i}`))
    const left = Array.from({ length: 3 }, (_, i) => runOf(`left ${i}`))
    const runs = over.map(({ run }) => run)
    over.splice(0).forEach(({ ticket }) => ticket.release())
    await new Promise((resume) => setImmediate(resume))
    collect()
    assert.deepStrictEqual(
      runs.map((run) => run.deref()?.name),
      runs.map(() => undefined)
    )
    assert.strictEqual(gate.usage.waiting, left.length - 1)
  })
  it("shares a pipeline's budget among its units of every run, and lets others pass", () => {
    const { ask, gate, order } = lab({ cpu: 16, memoryMB: 16_000 })
    gate.setBudget("data", { cpu: 4, memoryMB: 1000, units: 9 })
    const pipeline = "data"
    const a = ask("a", vector(3), { pipeline })
    const b = ask("b", vector(2), { pipeline })
    ask("c", vector(0.5), { pipeline })
    ask("d", vector(0.5), { pipeline })
    ask("e", vector(0.1), { pipeline }).release()
    ask("other", vector(8), { pipeline: "metrics" })
    assert.deepStrictEqual(order, ["a", "c", "d", "other"])
    assert.deepStrictEqual(b.shortage(), {
      kind: "cpu",
      pipeline,
      slot: undefined,
      need: 2,
      held: 4,
      of: 4,
      heldBy: [
        { who: "a", amount: 3 },
        { who: "c", amount: 0.5 },
        { who: "d", amount: 0.5 }
      ]
    })
    a.release()
    assert.deepStrictEqual(order, ["a", "c", "d", "other", "b"])
  })
  it("does not idle the machine for a unit that waits for its pipeline's budget", () => {
    const { ask, clock, gate, order } = lab()
    gate.setBudget("data", { units: 1 })
    ask("a", vector(1), { pipeline: "data" })
    ask("b", vector(3), { pipeline: "data" })
    clock.now = hourMs
    ask("other", vector(3))
    assert.deepStrictEqual(order, ["a", "other"])
  })
  it("costs about the same for a queue of a thousand and of ten thousand", () => {
    const spent = (waiting: number) => {
      const { ask } = lab()
      const started = performance.now()
      const tickets = Array.from({ length: waiting }, (_, i) => ask(`u${i}`, vector(1 + (i % 4)), { priority: i % 10 }))
      for (const ticket of tickets) ticket.release()
      return (performance.now() - started) / waiting
    }
    spent(1_000)
    const [few, many] = [spent(1_000), Math.min(spent(10_000), spent(10_000))]
    assert.isBelow(many, few * 5 + 0.01)
  })
})

interface Asked {
  readonly need: ResourceVector
  readonly lane: Lane
  readonly priority: number
  readonly pipeline: string
  readonly since: number
  readonly lasts: number
  readonly ticket: () => Ticket
  overtaken: number
  startedAt: number | undefined
  endedAt: number | undefined
}
const budgets: Readonly<Record<string, { readonly cpu: number; readonly memoryMB: number; readonly units: number }>> = {
  p: { cpu: 3, memoryMB: 600, units: 4 },
  q: { cpu: 4, memoryMB: 1000, units: 2 }
}
const pick = <A>(random: () => number, from: ReadonlyArray<A>): A => from[Math.floor(random() * from.length)]

/** Random requests that come and go over an hour; `check` is asked after every change. */
const traffic = (seed: number, check: (all: ReadonlyArray<Asked>, now: number) => void) => {
  const random = seeded(seed)
  const { clock, gate } = lab()
  for (const [name, budget] of Object.entries(budgets)) gate.setBudget(name, budget)
  const all: Array<Asked> = []
  const running = new Set<Asked>()
  const arrive = () => {
    const slots = random() < 0.2 ? { db: 1 } : {}
    const need = vector(pick(random, [0.1, 0.5, 1, 2, 3, 4]), pick(random, [0, 100, 500]), slots)
    let ticket: Ticket | undefined
    const asked: Asked = {
      need,
      lane: pick(random, lanes),
      priority: pick(random, [0, 0, 5]),
      pipeline: pick(random, ["p", "q"]),
      since: clock.now,
      lasts: random() * 20_000,
      ticket: () => ticket!,
      overtaken: 0,
      startedAt: undefined,
      endedAt: undefined
    }
    all.push(asked)
    ticket = gate.request({
      ...asked,
      admit: () => {
        asked.startedAt = clock.now
        running.add(asked)
      }
    })
  }
  while (clock.now < hourMs / 4 || running.size > 0) {
    const next = [...running].sort((a, b) => a.startedAt! + a.lasts - (b.startedAt! + b.lasts))[0]
    const arrivesAt = clock.now < hourMs / 4 ? clock.now + random() * 12_000 : Infinity
    const endsAt = next === undefined ? Infinity : next.startedAt! + next.lasts
    clock.now = Math.min(arrivesAt, endsAt)
    if (endsAt <= arrivesAt) {
      next.endedAt = clock.now
      running.delete(next)
      next.ticket().release()
    } else arrive()
    check(all, clock.now)
    assert.deepStrictEqual(gate.usage.waiting, all.filter((a) => a.startedAt === undefined).length)
  }
  return all
}
const sum = (of: ReadonlyArray<Asked>, amount: (asked: Asked) => number) =>
  Math.round(of.reduce((total, asked) => total + amount(asked), 0) * 1e6) / 1e6
const isLive = (a: Asked) => a.startedAt !== undefined && a.endedAt === undefined
/** What a live set takes is within the machine, the slots and the budgets. */
const isWithin = (live: ReadonlyArray<Asked>): boolean =>
  sum(live, (a) => a.need.cpu) <= 4 &&
  sum(live, (a) => a.need.memoryMB) <= 1000 &&
  sum(live, (a) => a.need.slots["db"] ?? 0) <= 1 &&
  Object.entries(budgets).every(([name, budget]) => {
    const mine = live.filter((a) => a.pipeline === name)
    // A unit larger than the budget takes all of it.
    return (
      sum(mine, (a) => Math.min(a.need.cpu, budget.cpu)) <= budget.cpu &&
      sum(mine, (a) => Math.min(a.need.memoryMB, budget.memoryMB)) <= budget.memoryMB &&
      mine.length <= budget.units
    )
  })

describe("the resource gate, whatever comes", () => {
  const seeds = Array.from({ length: 10 }, (_, i) => i + 1)
  it.each(seeds)("never gives out more than there is, and in the end serves everyone (seed %i)", (seed) => {
    const all = traffic(seed, (asked) => assert.isTrue(isWithin(asked.filter(isLive))))
    assert.isAbove(all.length, 50)
    assert.isTrue(all.every((a) => a.endedAt !== undefined))
  })
  it.each(seeds)("idles no room that somebody could use, unless it is kept for one that waited long (seed %i)", (seed) => {
    const blocked = new Map<Asked, number>()
    let started = 0
    traffic(seed, (all, now) => {
      const waiting = all.filter((a) => a.startedAt === undefined)
      const live = all.filter(isLive)
      const starts = all.length - waiting.length
      for (const a of waiting) {
        if (!blocked.has(a)) blocked.set(a, now)
        else a.overtaken += starts - started
      }
      started = starts
      const isKept = waiting.some((a) => a.overtaken >= 32 || now - blocked.get(a)! > 60_000)
      if (!isKept) for (const a of waiting) assert.isFalse(isWithin([...live, a]))
    })
  })
  it.each(seeds)("starts nobody before a better one of its lane that would have fitted as well (seed %i)", (seed) => {
    let known: ReadonlyArray<Asked> = []
    traffic(seed, (all, now) => {
      const rank = (a: Asked) => a.priority + Math.min(20, (now - a.since) / 60_000)
      const isLong = all.some((a) => a.startedAt === undefined && now - a.since > 60_000)
      const fresh = all.filter((a) => a.startedAt === now && !known.includes(a))
      for (const late of isLong ? [] : all.filter((a) => a.startedAt === undefined))
        for (const early of fresh.filter((a) => a.lane === late.lane && rank(late) > rank(a)))
          assert.isFalse(isWithin([...all.filter((a) => isLive(a) && a !== early), late]))
      known = all.filter((a) => a.startedAt !== undefined)
    })
  })
  it("starts one that needs the whole machine in a stream of small ones that never ends", () => {
    const { ask, clock, order } = lab()
    const live: Array<{ readonly ticket: Ticket; readonly end: number }> = []
    for (let i = 0; !order.includes("whole"); i++) {
      clock.now = i * 500
      assert.isBelow(clock.now, 120_000)
      for (const { ticket } of live.splice(0, live.findLastIndex(({ end }) => end <= clock.now) + 1)) ticket.release()
      live.push({ ticket: ask(`small ${i}`, vector(1)), end: clock.now + 2_000 })
      if (i === 3) ask("whole", vector(4, 1000, { db: 1 }))
    }
  })
})

describe("the lanes of the resource gate", () => {
  /** Parts of the cores' time that each lane had over an hour in which all had more to do than there was room for. */
  const shares = (seed: number, lasts: Readonly<Record<Lane, number>>) => {
    const random = seeded(seed)
    const { clock, gate } = lab({ cpu: 8, memoryMB: 1000 })
    const used: Record<Lane, number> = { interactive: 0, scheduled: 0, backfill: 0 }
    const live: Array<{ readonly end: number; readonly ticket: () => Ticket }> = []
    const feed = (lane: Lane) => {
      let ticket: Ticket | undefined
      const need = vector(pick(random, [1, 1, 2]))
      ticket = gate.request({
        need,
        lane,
        priority: 0,
        admit: () => {
          const ms = lasts[lane] * (0.5 + random())
          used[lane] += (need.cpu * Math.min(ms, Math.max(0, hourMs - clock.now))) / 1000
          live.push({ end: clock.now + ms, ticket: () => ticket! })
          backlog[lane]--
        }
      })
      backlog[lane]++
    }
    const backlog: Record<Lane, number> = { interactive: 0, scheduled: 0, backfill: 0 }
    while (clock.now < hourMs) {
      for (const lane of lanes) while (backlog[lane] < 20) feed(lane)
      live.sort((a, b) => b.end - a.end)
      const next = live.pop()!
      clock.now = next.end
      next.ticket().release()
    }
    const total = used.interactive + used.scheduled + used.backfill
    return lanes.map((lane) => (100 * used[lane]) / total)
  }
  const isNear = (found: ReadonlyArray<number>) => {
    for (const [i, wanted] of [60, 30, 10].entries()) assert.closeTo(found[i], wanted, 4, JSON.stringify(found))
  }
  it("share the machine 60 to 30 to 10 while all have units that wait", () =>
    isNear(shares(1, { interactive: 5_000, scheduled: 5_000, backfill: 5_000 })))
  it("share it so when the units of one last much longer", () =>
    isNear(shares(2, { interactive: 3_000, scheduled: 10_000, backfill: 120_000 })))
  it("give a lane that is alone everything, and one that comes back no claim for the time before", () => {
    const { ask, clock, order } = lab()
    const live: Array<Ticket> = Array.from({ length: 4 }, (_, i) => ask(`backfill ${i}`, vector(1), { lane: "backfill" }))
    assert.strictEqual(order.length, 4)
    clock.now = hourMs
    for (let i = 0; i < 400; i++) {
      live.push(ask(`backfill again ${i}`, vector(1), { lane: "backfill" }))
      live.push(ask(`interactive ${i}`, vector(1)))
    }
    order.length = 0
    for (let second = 0; second < 70; second++) {
      clock.now += 1000
      for (const ticket of live.filter((one) => !one.isWaiting()).slice(0, 4)) {
        live.splice(live.indexOf(ticket), 1)
        ticket.release()
      }
    }
    // 60 to 10 of 280 starts.
    assert.closeTo(order.filter((who) => who.startsWith("backfill")).length, 40, 8)
  })
})

import { NotDelivered, type AlertMessage, type Notifier } from "@tetra/core"
import { Ledger, MemoryStores } from "@tetra/core/engine"
import { Effect, FiberMap, Layer, type Scope } from "effect"
import { TestClock } from "effect/testing"
import { describe, expect, it } from "vitest"
import { commit } from "../../src/Collection.ts"
import { deliveries, deliveryKey, type KeptMessage } from "../../src/alerting/records.ts"
import type { Channel } from "../../src/delivery/Channel.ts"
import { makeOutbox } from "../../src/delivery/Outbox.ts"
import { delayMs } from "../../src/delivery/outcome.ts"

const minute = 60_000
const dawn = Date.parse("2026-11-23T00:00:00Z")
type Outcome = "sent" | "crash" | NotDelivered | { readonly warning: string }
/** A channel that does as its script says, then takes everything; with the outbox that feeds it, and the store that outlives both. */
const aLab = (more: Partial<Notifier> & { readonly off?: string } = {}, ...script: ReadonlyArray<Outcome>) => {
  const { off, ...notifier } = more
  const stores = new MemoryStores()
  const got: Array<AlertMessage> = []
  const answers = [...script]
  const send = async (message: AlertMessage) => {
    const next = answers.shift() ?? "sent"
    if (next instanceof NotDelivered) throw next
    got.push(message)
    if (next === "crash") await new Promise(() => undefined)
    return typeof next === "object" ? next : {}
  }
  const channel: Channel = {
    name: "c",
    notifier: { name: "c", send, ...notifier },
    settings: {},
    off,
    secrets: new Set(["hunter2"])
  }
  const said: Array<string> = []
  const outbox = () => makeOutbox({ channels: () => new Map([["c", channel]]), say: (line) => void said.push(line) })
  const queue = (thread: string, n: number, kind: KeptMessage["kind"], severity: KeptMessage["severity"] = "high") => {
    const message: KeptMessage = {
      kind,
      thread,
      n,
      subject: `${thread} ${kind}`,
      text: "",
      severity,
      project: "acme",
      alerts: [],
      at: dawn
    }
    return commit(
      deliveries.put(
        { key: deliveryKey(thread, "c", n), at: dawn, due: dawn, body: { channel: "c", message, state: "queued", attempt: 0 } },
        0
      )
    )
  }
  const states = Effect.map(deliveries.list(), (all) =>
    all.map(
      ({ body }) => `${body.message.thread} ${body.message.n} ${body.state}${body.error === undefined ? "" : `: ${body.error}`}`
    )
  )
  const run = <A, E>(work: Effect.Effect<A, E, Ledger | Scope.Scope>) =>
    Effect.runPromise(
      Effect.scoped(Effect.andThen(TestClock.setTime(dawn), work)).pipe(
        Effect.provide(Layer.succeed(Ledger, stores.ledger)),
        Effect.provide(TestClock.layer())
      )
    )
  return {
    got,
    said,
    outbox,
    queue,
    states,
    run,
    texts: () => got.map(({ mayRepeat, subject }) => `${subject}${mayRepeat ? " again?" : ""}`)
  }
}
const busy = (options: { readonly retryAfterMs?: number } = {}) =>
  new NotDelivered("busy with hunter2", { retryable: true, ...options })

describe("the outbox", () => {
  it("sends in order on every thread (resolve-never-before-trigger): what comes later waits for what failed before it", async () => {
    const lab = aLab({}, busy(), busy())
    await lab.run(
      Effect.gen(function* () {
        yield* lab.queue("a", 1, "trigger")
        yield* lab.queue("a", 2, "resolve")
        yield* lab.outbox().drain("c")
        expect(yield* lab.states).toEqual(["a 1 queued: busy with ***", "a 2 queued"])
        yield* TestClock.adjust(delayMs("a|c|00001", 1))
        yield* lab.outbox().drain("c")
        expect(lab.texts()).toEqual([])
        yield* TestClock.adjust(minute)
        yield* lab.outbox().drain("c")
        expect(lab.texts()).toEqual(["a trigger again?", "a resolve"])
        expect(yield* lab.states).toEqual(["a 1 sent", "a 2 sent"])
      })
    )
  })
  it("waits as long as it is told to (slack-429), and one thread holds no other", async () => {
    const lab = aLab({}, busy({ retryAfterMs: 30 * minute }))
    await lab.run(
      Effect.gen(function* () {
        yield* lab.queue("a", 1, "trigger")
        yield* lab.outbox().drain("c")
        yield* lab.queue("b", 1, "trigger")
        yield* TestClock.adjust(29 * minute)
        yield* lab.outbox().drain("c")
        expect(lab.texts()).toEqual(["b trigger"])
        yield* TestClock.adjust(minute)
        yield* lab.outbox().drain("c")
        expect(lab.texts()).toEqual(["b trigger", "a trigger again?"])
      })
    )
  })
  it("does not believe a channel that says `at once` every time", async () => {
    const lab = aLab({}, ...Array.from({ length: 100 }, () => busy({ retryAfterMs: 0 })))
    await lab.run(
      Effect.gen(function* () {
        yield* lab.queue("a", 1, "trigger")
        yield* lab.outbox().drain("c")
        expect((yield* deliveries.list()).map(({ body }) => body.attempt)).toEqual([1])
      })
    )
  })
  it("gives up what cannot be delivered, or is not worth it any more; what follows its beginning is not sent either", async () => {
    const lab = aLab({}, new NotDelivered("no such hook", { retryable: false }), ...Array.from({ length: 200 }, () => busy()))
    await lab.run(
      Effect.gen(function* () {
        const { drain } = lab.outbox()
        yield* lab.queue("a", 1, "trigger")
        yield* lab.queue("a", 2, "resolve")
        yield* drain("c")
        expect(yield* lab.states).toEqual(["a 1 dead: no such hook", "a 2 suppressed: its beginning was never sent"])
        expect(lab.said).toEqual(["c: a trigger: not delivered: no such hook"])
        yield* lab.queue("b", 1, "trigger", "low")
        for (let i = 0; i < 6 * 13; i++) {
          yield* drain("c")
          yield* TestClock.adjust(6 * minute)
        }
        expect((yield* lab.states).at(-1)).toBe("b 1 dead: given up after 6 h: busy with ***")
      })
    )
  })
  it("sends again what was under way when its process was killed, and says that it may be a repeat", async () => {
    const lab = aLab({}, "crash")
    await lab.run(
      Effect.gen(function* () {
        yield* lab.queue("a", 1, "trigger")
        yield* lab.queue("a", 2, "resolve")
        yield* Effect.scoped(
          Effect.gen(function* () {
            const workers = yield* FiberMap.make<string, void>()
            yield* lab.outbox().turn(workers)
            yield* Effect.promise(() => new Promise((resolve) => void setImmediate(resolve)))
          })
        )
        expect(yield* lab.states).toEqual(["a 1 sending", "a 2 queued"])
        const { drain } = lab.outbox()
        yield* drain("c")
        expect(lab.got).toHaveLength(1)
        yield* TestClock.adjust(minute)
        yield* drain("c")
        expect(lab.texts()).toEqual(["a trigger", "a trigger again?", "a resolve"])
        expect(lab.got.map(({ n, thread }) => `${thread}.${n}`)).toEqual(["a.1", "a.1", "a.2"])
      })
    )
  })
  it("makes one message of what has piled up, where the channel keeps no threads; later ones are told as ever", async () => {
    const pile = (lab: ReturnType<typeof aLab>) =>
      lab.run(
        Effect.gen(function* () {
          for (let i = 0; i < 30; i++) yield* lab.queue(`a${i}`, 1, "trigger")
          yield* lab.outbox().drain("c")
          yield* lab.queue("a3", 2, "resolve")
          yield* lab.outbox().drain("c")
        })
      )
    const gathered = aLab()
    await pile(gathered)
    expect(gathered.texts()).toEqual(["30 messages of acme", "a3 resolve"])
    expect(gathered.got[0]?.text.split("\n")).toHaveLength(30)
    const threaded = aLab({ keepsThreads: true })
    await pile(threaded)
    expect(threaded.got).toHaveLength(31)
  })
  it("keeps to the pace of a channel, and to its number a day, from which critical ones are exempt", async () => {
    const lab = aLab({ limit: { perSecond: 1, burst: 2, perDay: 3 } })
    await lab.run(
      Effect.gen(function* () {
        for (let i = 0; i < 5; i++) yield* lab.queue(`a${i}`, 1, "trigger")
        yield* lab.queue("b", 1, "trigger", "critical")
        const workers = yield* FiberMap.make<string, void>()
        const settled = Effect.promise(() => new Promise((resolve) => void setImmediate(() => setImmediate(resolve))))
        yield* lab.outbox().turn(workers)
        yield* settled
        expect(lab.texts()).toEqual(["a0 trigger", "a1 trigger"])
        for (let i = 0; i < 6; i++) {
          yield* TestClock.adjust(1000)
          yield* settled
        }
        expect(lab.texts()).toEqual(["a0 trigger", "a1 trigger", "a2 trigger", "b trigger"])
        expect(yield* lab.states).toContain("a4 1 suppressed: its messages of a day are used up")
      })
    )
  })
  it("drops what goes to a channel that is off, and tells no channel who has an alert in hand that cannot show it", async () => {
    const off = aLab({ off: "it is disabled" })
    await off.run(Effect.andThen(off.queue("a", 1, "trigger"), off.outbox().drain("c")))
    expect(await off.run(off.states)).toEqual(["a 1 suppressed: it is disabled"])
    const on = aLab({}, { warning: "not taken for x" })
    await on.run(
      Effect.gen(function* () {
        yield* on.queue("a", 1, "trigger")
        yield* on.queue("a", 2, "ack")
        yield* on.outbox().drain("c")
        expect(yield* on.states).toEqual([
          "a 1 sent: not taken for x",
          "a 2 suppressed: this channel is not told who has it in hand"
        ])
      })
    )
  })
})

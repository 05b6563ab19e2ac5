import { Effect } from "effect"
import { atOnce, steps, type Subject } from "../Subject.ts"

const one = (before: number) => Effect.sync(() => before + 1)
const chain = Effect.gen(function* () {
  let n = 0
  while (n < steps) n = yield* one(n)
  return n
})
const fanOut = Effect.map(
  Effect.forEach(Array.from({ length: steps }), () => one(0), { concurrency: atOnce }),
  (results) => results.length
)
export const plainEffect: Subject = {
  name: "plain Effect",
  settings: "NOTHING is durable: the floor, and no peer",
  open: async () => ({
    chain: () => Effect.runPromise(chain),
    fanOut: () => Effect.runPromise(fanOut),
    close: async () => {}
  })
}

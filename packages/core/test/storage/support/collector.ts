/** A process that collects, over and over, as strictly as it can. Says when it archives, and after each round when that began, until it is killed. */
import { writeSync } from "node:fs"
import { Effect } from "effect"
import { dayMs, defaultRetention } from "../../../src/domain/Retention.ts"
import { collect, openUpkeep } from "../../../src/storage.ts"

const [home = ""] = process.argv.slice(2)
const strict = { ...defaultRetention, runsMs: 40 * dayMs, cache: [{ stages: undefined, bytes: 0 }] }
const told = () => void writeSync(1, "archived\n")
await Effect.runPromise(
  Effect.scoped(
    Effect.flatMap(openUpkeep({ home }), (upkeep) =>
      Effect.forever(
        Effect.suspend(() => {
          const now = Date.now()
          const round = () => writeSync(1, `round ${now}\n`)
          return Effect.tap(collect(upkeep, strict, { now, tell: told }), () => Effect.sync(round))
        })
      )
    )
  )
)

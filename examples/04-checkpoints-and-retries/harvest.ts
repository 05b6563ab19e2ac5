import { batch, Col, defineAsset, definePipeline, definePlugin, defineStage, defineTable, option } from "@tetra/core"
import { Effect, Option, Schema } from "effect"

const Pages = defineTable("harvest/Pages@1", { page: Col.int, attempt: Col.int }, { key: ["page"] })

/** Two kinds of failure, as types: the policy below tells them apart by name. */
class ConnectionLost extends Schema.TaggedError<ConnectionLost>()("ConnectionLost", { page: Schema.Int }) {
  override get message() {
    return `the connection was lost at page ${this.page}`
  }
}
class NotAllowed extends Schema.TaggedError<NotAllowed>()("NotAllowed", { limit: Schema.Int }) {
  override get message() {
    return `more than ${this.limit} pages are not allowed. Ask for fewer.`
  }
}

/** Fetches pages; the connection breaks once, in the middle. */
const fetchPages = defineStage({
  id: "harvest/fetch-pages",
  config: Schema.Struct({ pages: Schema.Int }),
  outputs: { pages: defineAsset("pages", Pages) },
  checkpoint: Schema.Struct({ next: Schema.Int }),
  policy: {
    // Passing trouble is tried again, after 0.1 s, then 0.2 s; what will never work is not.
    retry: { maxAttempts: 3, initialDelay: "100 millis", factor: 2, unless: ["NotAllowed"] },
    timeout: "1 minute"
  },
  *run({ checkpoint, config, log, once, out, progress, unit }) {
    if (config.pages > 100) return yield* new NotAllowed({ limit: 100 })
    // What the world must see a single time, whatever happens afterwards. The key goes to the other side, for a crash in between.
    yield* once("announce", (key) => Effect.sync(() => log.info("announced", { key })))
    const start = Option.match(checkpoint.resumed, { onNone: () => 0, onSome: ({ next }) => next })
    if (start > 0) log.info("going on", { page: start })
    for (let page = start; page < config.pages; page++) {
      if (page === 5 && unit.attempt === 1) return yield* new ConnectionLost({ page })
      yield* out.pages.append(batch({ page: Int32Array.of(page), attempt: Int32Array.of(unit.attempt) }))
      yield* checkpoint.save({ next: page + 1 }) // the mark and all that was appended so far, durable together
      progress(page + 1, config.pages, "pages")
    }
    return { pages: out.pages.done() }
  }
})

const harvest = definePipeline({
  name: "harvest_pipeline",
  parameters: Schema.Struct({ pages: option(Schema.Int, { help: "How many pages to fetch", default: 10 }) }),
  stages: ({ use, params }) => ({ fetch_pages: use(fetchPages, { config: { pages: params.pages } }) })
})

export default definePlugin({ name: "harvest", version: "1.0.0", api: "^1.0", pipelines: { harvest } })

/** Keeps the configuration that is in force: takes a valid one, refuses another and says why, and leaves what runs alone. */
import { type Diagnostic, diagnosticText, filesOf, keepConfig, type Project } from "@tetra/core/engine"
import { Clock, Effect, Schema, Semaphore } from "effect"
import { collection, commit } from "../Collection.ts"
import type { Say } from "../log/Say.ts"
import { type ConfigDifference, differenceOf, restartReasons } from "./difference.ts"
import { watchFiles } from "./watchFiles.ts"

/** What became of saves of the configuration, by their time. Alerts read the rejected ones. */
export const configReloads = collection(
  "config_reload",
  Schema.Struct({
    outcome: Schema.Literals(["taken", "rejected"]),
    by: Schema.String,
    from: Schema.String,
    to: Schema.String,
    paths: Schema.Array(Schema.String),
    effects: Schema.Array(Schema.String),
    /** Each with file and line, where it has one. */
    problems: Schema.Array(Schema.String)
  })
)
export type Reload =
  | { readonly _tag: "Same" }
  | { readonly _tag: "Taken"; readonly at: number; readonly difference: ConfigDifference }
  | { readonly _tag: "Rejected"; readonly at: number; readonly problems: ReadonlyArray<string> }

interface Invalid {
  readonly diagnostics?: ReadonlyArray<Diagnostic>
  readonly problems?: ReadonlyArray<Diagnostic>
}
/** One line for each thing that stands against a configuration: where, what, and how to mend it. */
export const problemsOf = (error: unknown): ReadonlyArray<string> => {
  const { diagnostics, problems } = error as Invalid
  const errors = (diagnostics ?? problems ?? []).filter(({ level }) => level === "error").map(diagnosticText)
  const all = errors.length > 0 ? errors : [error instanceof Error ? error.message : String(error)]
  return all.map((text) => text.replaceAll(/\s*\n\s*/gu, " "))
}
export interface ReloaderOptions {
  /** In force from the beginning. */
  readonly project: Project
  /** Reads and checks the project anew. */
  readonly read: () => Promise<Project>
  readonly say: Say
  /** Hears what became of each save that means something else. */
  readonly heard?: (outcome: "taken" | "rejected") => void
}
/** Saves that are remembered. */
const mostKept = 200

export const makeReloader = ({ heard: told = () => undefined, project: first, read, say }: ReloaderOptions) => {
  let project = first
  let last: Exclude<Reload, { readonly _tag: "Same" }> | undefined
  const one = Semaphore.makeUnsafe(1)
  const listeners: Array<(project: Project) => Effect.Effect<void>> = []

  const record = (body: Parameters<typeof configReloads.put>[0]["body"], at: number) =>
    Effect.gen(function* () {
      yield* commit(configReloads.put({ key: `${at}`, at, body }))
      const [oldest] = (yield* configReloads.list({ newestFirst: true, limit: mostKept + 1 })).slice(mostKept)
      if (oldest !== undefined) yield* configReloads.prune(oldest.at + 1, mostKept)
    }).pipe(
      Effect.catch((error) => Effect.sync(() => say(`the reload could not be recorded: ${error.message}`, { level: "warn" })))
    )

  const reject = (problems: ReadonlyArray<string>, by: string) =>
    Effect.gen(function* () {
      const at = yield* Clock.currentTimeMillis
      last = { _tag: "Rejected", at, problems }
      told("rejected")
      const rejected = { level: "warn", event: "config_rejected" } as const
      say(`config_rejected: the saved configuration is not taken, version ${project.configVersion} stays in force`, rejected)
      for (const problem of problems) say(`config_rejected: ${problem}`, rejected)
      const version = project.configVersion
      yield* record({ outcome: "rejected", by, from: version, to: version, paths: [], effects: [], problems }, at)
      return last
    })
  const take = (next: Project, by: string) =>
    Effect.gen(function* () {
      const at = yield* Clock.currentTimeMillis
      const difference = differenceOf(project, next, at)
      const { changes, effects } = difference
      const { configVersion: from } = project
      project = next
      for (const heard of listeners) yield* heard(next)
      // It means the same, at most with another secret: what was rejected before is mended.
      if (changes.length === 0) {
        last = undefined
        return { _tag: "Same" } satisfies Reload
      }
      last = { _tag: "Taken", at, difference }
      told("taken")
      const kept = yield* keepConfig(next).pipe(Effect.orElseSucceed(() => undefined))
      say(
        `configuration reloaded${kept === undefined ? "" : `, version ${kept.number}`}: ${changes.map(({ path }) => path).join(", ")}`
      )
      for (const effect of effects) say(`configuration reloaded: ${effect}`)
      const paths = changes.map(({ path }) => path)
      yield* record({ outcome: "taken", by, from, to: next.configVersion, paths, effects, problems: [] }, at)
      return last
    })
  /** `by`: who or what asked, for the record. Never fails: what cannot be taken is told, and the old one stays. */
  const reload = (by: string) =>
    one.withPermit(
      Effect.gen(function* () {
        const found = yield* Effect.result(Effect.tryPromise({ try: read, catch: problemsOf }))
        if (found._tag === "Failure") return yield* reject(found.failure, by)
        const reasons = restartReasons(project, found.success)
        return reasons.length > 0 ? yield* reject(reasons, by) : yield* take(found.success, by)
      })
    )
  /** Reloads whenever a file of the project was saved, until its scope closes. */
  const watched = Effect.gen(function* () {
    const context = yield* Effect.context<Effect.Services<ReturnType<typeof reload>>>()
    const again = async (): Promise<void> => {
      await Effect.runPromise(Effect.provideContext(reload("a saved file"), context))
      watching.refresh(filesOf(project))
    }
    const watching = watchFiles(filesOf(first), again)
    yield* Effect.addFinalizer(() => Effect.sync(watching.close))
  })
  return {
    project: () => project,
    /** What the last save came to; undefined when nothing stands out. */
    last: () => last,
    reload,
    watched,
    /** `heard` is called after each valid save, when `project` answers the new one. */
    onChange: (heard: (project: Project) => Effect.Effect<void>): void => void listeners.push(heard)
  }
}
export type Reloader = ReturnType<typeof makeReloader>

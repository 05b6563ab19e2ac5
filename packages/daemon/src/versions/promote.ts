/** Puts another version of a pipeline in force, or the one before it. */
import {
  type Busy,
  type Changed,
  changeVersion,
  type Journal,
  type Leases,
  type Ledger,
  planRun,
  type Project,
  promotionsOf,
  type RecordedPromotion,
  shadowName,
  type StateQueries,
  type StoreError
} from "@tetra/core/engine"
import { Clock, Data, Effect } from "effect"
import { type Deed, audit } from "../audit/index.ts"
import { completedRuns } from "./completedRuns.ts"
import { cleanInARow, cleanNeeded, comparisonsOf } from "./records.ts"
import type { VersionSpec } from "./VersionSpec.ts"

/** It is not done, and why. `kind`: the state is another one (`state`), or what is asked for is not there (`input`). */
export class NotPromoted extends Data.TaggedError("NotPromoted")<{
  readonly kind: "input" | "state"
  readonly message: string
  readonly hint: string
}> {}
export interface Wish {
  readonly by: string
  readonly via: Deed["via"]
  readonly reason: string
}
/** What would be done, before it is. */
export interface Intended {
  readonly kind: "promote" | "rollback"
  readonly spec: VersionSpec
  readonly to: string
  /** The run whose results come into force, with the name that the pipeline has there; undefined: no asset moves. */
  readonly data: { readonly run: string; readonly recorded: string } | undefined
  /** Clean shadow runs in a row. */
  readonly clean: number
  readonly summaries: ReadonlyArray<string>
  /** What a rollback takes back. */
  readonly undone: RecordedPromotion | undefined
}
const refuse = (kind: NotPromoted["kind"], message: string, hint: string) => new NotPromoted({ kind, message, hint })

/** A version that cannot even be planned is not put in force. */
const usable = (project: Project, { pipeline }: VersionSpec, to: string) =>
  project.inVersions === undefined
    ? Effect.fail(refuse("state", "this project has no file", "versions stand in a configuration file"))
    : project.inVersions({ [pipeline]: to }).pipe(
        Effect.flatMap((other) => planRun(other, { pipelines: [pipeline], params: {} })),
        Effect.mapError(({ message }) =>
          refuse(
            "state",
            `${to} cannot be used: ${message.replaceAll(/\s*\n\s*/gu, " ")}`,
            "`tetra config validate` says the same"
          )
        )
      )

/** The newest run that completed the pipeline; a promotion is none. */
export const latestRun = (pipeline: string): Effect.Effect<string | undefined, StoreError, StateQueries> =>
  Effect.map(completedRuns(pipeline), ([newest]) => newest?.id)
/** Needs `cleanNeeded` clean shadow runs in a row, or `force`. */
export const intendPromotion = (project: Project, spec: VersionSpec, to: string, force: boolean) =>
  Effect.gen(function* () {
    const { active, names, pipeline } = spec
    if (!names.includes(to)) return yield* refuse("input", `"${pipeline}" has no version "${to}"`, `it has ${names.join(", ")}`)
    if (to === active)
      return yield* refuse("state", `${to} is active already`, `the others: ${names.filter((one) => one !== to).join(", ")}`)
    yield* usable(project, spec, to)
    const known = yield* comparisonsOf(pipeline, to)
    const clean = cleanInARow(known.map(({ body }) => body))
    const [newest] = known
    const summaries = known.slice(0, cleanNeeded).map(({ body }) => body.summary)
    if (clean < cleanNeeded && !force)
      return yield* refuse(
        "state",
        `${to} has ${clean} clean shadow ${clean === 1 ? "run" : "runs"} in a row, ${cleanNeeded} are needed${newest === undefined || newest.body.clean ? "" : `: ${newest.body.summary}`}`,
        `\`tetra pipeline shadow ${pipeline} ${to}\` runs it once more; --force promotes it all the same`
      )
    const latest = yield* latestRun(pipeline)
    const isUpToDate = latest === undefined || newest?.body.of === latest
    if (!isUpToDate && !force)
      return yield* refuse(
        "state",
        `${to} has not followed run ${latest} of ${active} yet: older data would come into force`,
        `\`tetra pipeline shadow ${pipeline} ${to}\` lets it; --force promotes it, and its assets come with its next run`
      )
    const last = isUpToDate && newest?.body.clean === true ? newest.body.run : null
    const data = last === null ? undefined : { run: last, recorded: shadowName(pipeline, to) }
    return { kind: "promote", spec, to, data, clean, summaries, undone: undefined } satisfies Intended
  })

/** Back to what was in force before the last promotion that still stands. */
export const intendRollback = (project: Project, spec: VersionSpec) =>
  Effect.gen(function* () {
    const { active, names, pipeline } = spec
    const undone = standing(yield* promotionsOf(pipeline)).find(({ to }) => to === active)
    if (undone === undefined)
      return yield* refuse("state", `no promotion put ${active} of ${pipeline} in force`, "there is nothing to go back to")
    if (!names.includes(undone.from))
      return yield* refuse(
        "state",
        `the file has no version "${undone.from}" any more`,
        `name it in pipelines.${pipeline}.versions again`
      )
    yield* usable(project, spec, undone.from)
    const data = undone.before === undefined ? undefined : { run: undone.before, recorded: pipeline }
    return { kind: "rollback", spec, to: undone.from, data, clean: 0, summaries: [], undone } satisfies Intended
  })
/** Promotions that no rollback took back, newest first. */
const standing = (newestFirst: ReadonlyArray<RecordedPromotion>): ReadonlyArray<RecordedPromotion> => {
  const stack: Array<RecordedPromotion> = []
  for (const one of newestFirst.toReversed()) {
    if (one.kind === "promote") stack.push(one)
    else stack.pop()
  }
  return stack.toReversed()
}

/** Does it, in one append to the journal, and writes down who did. Refused with `Busy` while a run has the pipeline. */
export const perform = (
  project: Project,
  { data, kind, spec, to, undone }: Intended,
  { by, reason, via }: Wish
): Effect.Effect<Changed, StoreError | Busy, Journal | Leases | Ledger | StateQueries> =>
  Effect.gen(function* () {
    const { active: from, assets, declared, pipeline } = spec
    const now = yield* Clock.currentTimeMillis
    const told = (result: string) =>
      audit(
        {
          actor: by,
          via,
          action: `pipeline ${kind}`,
          target: pipeline,
          params: { from, to, ...(reason === "" ? {} : { reason }) },
          result,
          request_id: ""
        },
        now
      )
    const { configVersion } = project
    const change = { pipeline, from, to, declared, kind, by, reason, data, configVersion }
    const changed = yield* changeVersion(change, { assets, since: undone?.at, now }).pipe(Effect.tapError(() => told("refused")))
    yield* told("ok")
    return changed
  })

/** The recorded reasons of a run, a stage, a pipeline, an asset or an alert, as a tree. */
import {
  Archive,
  because,
  type RunRecord,
  StateQueries,
  type StoreError,
  whyArchived,
  whyAsset,
  type WhyNode,
  whyRun,
  whyStage
} from "@tetra/core/engine"
import { Effect } from "effect"
import { exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { didYouMean } from "../nearest.ts"
import { configurationNames } from "./configuration.ts"
import { findRun, nothingToSee, readStore, type StorePlace } from "./store.ts"
import { openArchive } from "./whyFacts.ts"
import { perform } from "../runtime.ts"

type Past = Archive<StoreError, never>
/** What is asked about. */
export interface Reasoned {
  readonly name: string
  /** What the name is the name of; undefined when it may be anything. */
  readonly kind?: Meant["what"] | "alert" | undefined
  /** The run that is looked at; undefined: the newest that has it. */
  readonly run: string | undefined
}
/** Something that a name can mean. */
interface Meant {
  readonly name: string
  /** Further words that mean it: a stage without its pipeline. */
  readonly also?: string
  readonly what: "run" | "stage" | "pipeline" | "asset"
}
/** Newest runs whose stages and ids a name is looked for in. */
const runsRead = 20

/** Everything of this whole name; else every stage that is called so in its pipeline; else everything whose name begins so. */
const meantBy = (word: string, all: ReadonlyArray<Meant>): ReadonlyArray<Meant> => {
  const ways: ReadonlyArray<(one: Meant) => boolean> = [
    ({ name }) => name === word,
    ({ also }) => also === word,
    ({ also, name }) => name.startsWith(word) || also?.startsWith(word) === true
  ]
  const found = ways.map((way) => all.filter(way)).find((some) => some.length > 0) ?? []
  return [...new Map(found.map((one) => [`${one.what} ${one.name}`, one] as const)).values()]
}
/** The one thing of this name, or a refusal that names the candidates. */
export const theOne = (word: string, all: ReadonlyArray<Meant>): Meant | Refusal => {
  const found = meantBy(word, all)
  const [first] = found
  if (first !== undefined && found.length === 1) return first
  if (first !== undefined)
    return new Refusal(`"${word}" may mean ${found.length} things`, {
      hint: `say which: ${found
        .slice(0, 8)
        .map(({ name, what }) => `${name} (${what})`)
        .join(", ")}${found.length > 8 ? ", ..." : ""}`
    })
  const names = all.flatMap(({ also, name }) => (also === undefined ? [name] : [name, also]))
  return new Refusal(`no run, stage, pipeline or asset "${word}" is recorded.${didYouMean(word, names)}`, {
    hint: "`tetra history` lists runs, `tetra graph` stages, `tetra assets list` assets"
  })
}
const namesIn = (record: RunRecord): ReadonlyArray<Meant> => [
  ...record.plan.pipelines.map(({ name }) => ({ name, what: "pipeline" }) as const),
  ...record.plan.stages.map(({ name, stage }) => ({ name, also: stage, what: "stage" }) as const)
]
const has = (record: RunRecord, { name, what }: Meant): boolean =>
  what === "stage" ? record.stages.has(name) : record.pipelines.has(name)

/** The pipeline's part of the tree of its run. */
const whyPipeline = (past: Past, record: RunRecord, name: string): Effect.Effect<WhyNode, StoreError> =>
  Effect.map(whyRun(past, record), (tree) => {
    const own = tree.children.find(({ text: said }) => said === name || said.startsWith(`${name}:`))
    const node = own ?? because("note", name)
    return { ...node, children: [because("note", `in run ${record.run}`, { at: record.requested.at }), ...node.children] }
  })
const goneRecord = (run: string): Refusal =>
  new Refusal(`of run ${run} no events are kept any more`, {
    code: exitCodes.failed,
    hint: `\`tetra show ${run}\` says what is left`
  })

/** What is left of a run whose events are gone. */
const left = (past: Past, run: string) =>
  Effect.gen(function* () {
    const [first] = yield* past.facts.events(run)
    return first?._tag === "RunArchived" ? whyArchived(first, past.facts.configuration) : yield* Effect.fail(goneRecord(run))
  })

/** What the beginning of an id of an alert looks like. */
const alertLike = /^[0-9a-f]{4,16}(?:#\d*)?$/u
/** The alert of this id, as a tree; undefined when none is meant. */
const alertTree = async (place: StorePlace, word: string): Promise<WhyNode | undefined> => {
  if (!alertLike.test(word)) return undefined
  return await (await import("../alerts/whyAlertIn.ts")).whyAlertIn(place, word)
}

const whyOf = ({ kind, name: word, run: named }: Reasoned, configuration: (hash: string) => string, now: number) =>
  Effect.gen(function* () {
    const queries = yield* StateQueries
    const past = yield* openArchive(configuration, now)
    const rows = named === undefined ? yield* queries.runs({ limit: runsRead }) : [yield* findRun(named, nothingToSee)]
    const mayBeRun = kind === undefined || kind === "run"
    const isLatest = mayBeRun && named === undefined && word === "latest"
    const isRun = isLatest ? yield* findRun(word, nothingToSee) : mayBeRun ? yield* queries.run(word) : undefined
    if (isRun === undefined && rows.length === 0) return yield* Effect.fail(nothingToSee())
    if (isRun !== undefined) {
      const record = yield* past.record(isRun.id)
      return record === undefined ? yield* left(past, isRun.id) : yield* whyRun(past, record)
    }
    const records = (yield* Effect.forEach(rows, ({ id }) => past.record(id))).filter((record) => record !== undefined)
    const assets = (yield* queries.assets).map(({ asset }) => ({ name: asset, what: "asset" }) as const)
    const runs = rows.map(({ id }) => ({ name: id, what: "run" }) as const)
    const all: ReadonlyArray<Meant> = [...records.flatMap(namesIn), ...assets, ...runs]
    const meant = theOne(word, kind === undefined ? all : all.filter(({ what }) => what === kind))
    if (meant instanceof Refusal) return yield* Effect.fail(meant)
    if (meant.what === "asset") return yield* assetTree(past, meant.name, named === undefined ? undefined : rows[0]?.id)
    const record = records.find((one) => (meant.what === "run" ? one.run === meant.name : has(one, meant)))
    if (record === undefined) return yield* left(past, meant.name)
    const stage = record.stages.get(meant.name)
    if (meant.what === "stage" && stage !== undefined) return yield* whyStage(past, record, stage)
    return meant.what === "run" ? yield* whyRun(past, record) : yield* whyPipeline(past, record, meant.name)
  })
/** The newest version, or the one that `run` published. */
const assetTree = (past: Past, asset: string, run: string | undefined) =>
  Effect.gen(function* () {
    const versions = yield* past.facts.versions(asset)
    const found = run === undefined ? versions[0] : versions.find(({ producer }) => producer.run === run)
    if (found !== undefined) return yield* whyAsset(past, found)
    return yield* Effect.fail(
      new Refusal(`run ${run ?? ""} is not the last that made or confirmed a version of ${asset}`, {
        hint: `\`tetra assets show ${asset}\` lists its versions with their runs`
      })
    )
  })

/** The recorded reasons. What is not recorded is refused, with what there is. `now` is epoch milliseconds. */
export const reasonsOf = async (place: StorePlace, asked: Reasoned, now: number): Promise<WhyNode> => {
  const isAlert = asked.kind === undefined || asked.kind === "alert"
  const alert = isAlert ? await alertTree(place, asked.name) : undefined
  if (alert !== undefined) return alert
  if (asked.kind === "alert")
    throw new Refusal(`there is no alert "${asked.name}"`, { hint: "`tetra alerts` lists those that are open" })
  const names = await perform(configurationNames(place.home))
  return await readStore(place, whyOf(asked, names, now))
}

/** `tetra pipeline promote P VERSION` and `rollback P`: another version in force, with its assets; first shown, then done. */
import { userInfo } from "node:os"
import process from "node:process"
import type { Stores } from "@tetra/core/engine"
import { layerStore } from "@tetra/core/storage"
import {
  cleanNeeded,
  type Intended,
  intendPromotion,
  intendRollback,
  NotPromoted,
  perform as performChange,
  type VersionSpec
} from "@tetra/daemon/versions"
import { claimEnvironment } from "@tetra/daemon/runs"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import { badge, lookOf } from "../../output/plain/look.ts"
import { oneLine } from "../../output/plain/text.ts"
import { type Server, serverOf } from "../../link/serverHere.ts"
import type { Call } from "../../program.ts"
import { lookInStore } from "../../project/asking.ts"
import { flag, openProject, storePlaceOf, text } from "../../project/open.ts"
import { print } from "../../project/store.ts"
import { perform } from "../../runtime.ts"
import { specOf } from "./specOf.ts"

const refusalOf = ({ hint, kind, message }: NotPromoted): Refusal =>
  new Refusal(oneLine(message), { hint, ...(kind === "state" ? { code: exitCodes.notRun } : {}) })

const intentLines = ({ clean, data, kind, spec, summaries, to, undone }: Intended): ReadonlyArray<string> => {
  const { active, assets, declared, pipeline } = spec
  const moved =
    data === undefined
      ? "no asset moves: they come with its next run"
      : `${assets.join(", ") || "nothing"}: as run ${data.run} made ${assets.length === 1 ? "it" : "them"}`
  return [
    `${pipeline}: ${active} -> ${to}`,
    `  assets   ${moved}`,
    ...(kind === "promote"
      ? [`  shadow   ${clean} clean ${clean === 1 ? "run" : "runs"} in a row, ${cleanNeeded} are needed`]
      : []),
    ...summaries.map((summary) => `           ${oneLine(summary)}`),
    ...(undone === undefined
      ? []
      : [`  undoes   the promotion of ${undone.to} by ${undone.by}; versions made since stay, marked superseded`]),
    `  runs     those under way keep ${active}; the next one is of ${to}`,
    ...(declared === to ? [] : [`  file     it says active: ${declared}; a later change of that line counts more than this`])
  ]
}
interface Changed {
  readonly run: string
  readonly assets: Readonly<Record<string, string>>
}
/** The server has the version in force when it answers. */
const inServer = async (
  { ask }: Server,
  { kind, spec, to }: Intended,
  { confirm, force, reason }: { readonly confirm: string | undefined; readonly force: boolean; readonly reason: string }
) => {
  const which = kind === "promote" ? { version: to, force } : {}
  const body = { ...which, reason, ...(confirm === undefined ? {} : { confirm }) }
  const path = `/api/v1/pipelines/${encodeURIComponent(spec.pipeline)}/${kind}`
  const { assets, run } = await ask<Changed>({ method: "POST", path, body })
  return { run, assets: new Map(Object.entries(assets)) }
}
type Intend = (spec: VersionSpec) => Effect.Effect<Intended, { readonly message: string }, Stores>

const change = async (call: Call, again: string, intend: (project: Awaited<ReturnType<typeof openProject>>) => Intend) => {
  const project = await openProject(call)
  const spec = specOf(project, call.args[0] ?? "")
  const asked = intend(project)(spec).pipe(Effect.mapError((error) => (error instanceof NotPromoted ? refusalOf(error) : error)))
  const look = lookOf(process.stdout, process.env)
  const intended = await lookInStore(call, asked)
  print(intentLines(intended))
  if (!flag(call, "yes")) {
    process.stderr.write(`nothing was changed yet: type \`${again} --yes\` to do it\n`)
    return exitCodes.completed
  }
  const wish = { by: userInfo().username, via: "cli", reason: text(call, "reason") ?? "" } as const
  const work = Effect.gen(function* () {
    yield* claimEnvironment(project.environment, Date.now())
    // As things stand now, not as they stood when they were shown.
    return yield* performChange(project, yield* asked, wish)
  })
  const server = await serverOf(project.home, project.environment)
  const { assets, run } =
    server === undefined
      ? await perform(work.pipe(Effect.provide(layerStore(storePlaceOf(project))), Effect.scoped))
      : await inServer(server, intended, { confirm: project.environment, reason: wish.reason, force: flag(call, "force") })
  const { kind, to } = intended
  const undo =
    kind === "promote"
      ? `tetra pipeline rollback ${spec.pipeline}`
      : `tetra pipeline promote ${spec.pipeline} ${spec.active} --force`
  print([
    "",
    badge(look, "completed", `${to} of ${spec.pipeline} is in force`),
    ...[...assets].map(([asset, version]) => `  ${asset}@${version.slice(0, 12)}`),
    `  recorded as run ${run}; undo with \`${undo} --yes\``
  ])
  return exitCodes.completed
}
export const promote = async (call: Call): Promise<ExitCode> => {
  const [name = "", version = ""] = call.args
  const force = flag(call, "force")
  return await change(
    call,
    `tetra pipeline promote ${name} ${version}${force ? " --force" : ""}`,
    (project) => (spec) => intendPromotion(project, spec, version, force)
  )
}
export const rollback = async (call: Call): Promise<ExitCode> =>
  await change(call, `tetra pipeline rollback ${call.args[0] ?? ""}`, (project) => (spec) => intendRollback(project, spec))

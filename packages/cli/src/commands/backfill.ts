/** `tetra backfill`: a range of dates in windows, one run each. What is there already is shown and not done again. */
import process from "node:process"
import { createInterface } from "node:readline/promises"
import {
  backfillId,
  Engine,
  nearest,
  outlookOfWindows,
  planRun,
  type Project,
  RunLog,
  type RunPlan,
  type RunRequest,
  type Window,
  type WindowOutlook,
  windowsOf,
  type WindowSize,
  type WindowStatus,
  windowStatuses,
  whyInTurn,
  worthHiding,
  zoneOf
} from "@tetra/core/engine"
import { secretsAmong, withoutSecrets } from "@tetra/daemon/runs"
import { layerStore } from "@tetra/core/storage"
import { Effect, Layer } from "effect"
import { readEarlier } from "../backfill/earlier.ts"
import { followWindows } from "../backfill/followWindows.ts"
import { closingLines, type Counted, countsText, previewJson, previewLines, type WindowEnd } from "../backfill/lines.ts"
import { rowsOfWindows } from "../backfill/rows.ts"
import { type Backfill, type Halt, windowRequest } from "../backfill/runWindows.ts"
import type { ShowOptions } from "../backfill/show.ts"
import { beginHere } from "../backfill/windowsHere.ts"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { lookOf } from "../output/plain/look.ts"
import { oneLine } from "../output/plain/text.ts"
import type { Call } from "../program.ts"
import { flag, list, number, openProject, storePlaceOf, text } from "../project/open.ts"
import { print, printJson } from "../project/store.ts"
import { requestOf } from "../request.ts"
import { perform } from "../runtime.ts"
import { serverFor } from "../served/serverFor.ts"
import { typed } from "./again.ts"
import { outputOf, warn } from "./run.ts"

const mostWindows = 5_000

const rangeOf = (call: Call): Window => {
  const [start, end] = [text(call, "startDate"), text(call, "endDate")]
  if (start === undefined || end === undefined)
    throw new Refusal(`--${start === undefined ? "start" : "end"}-date is needed`, {
      hint: "for example tetra backfill --start-date 2024-01-01 --end-date 2024-12-31"
    })
  return { start, end }
}
/** Today, `YYYY-MM-DD`, is a day of the pipelines and not of this machine: of several zones the one that is furthest. `now` is epoch milliseconds. */
export const todayIn = (zones: ReadonlyArray<string>, now: number): { readonly day: string; readonly zone: string } => {
  const days = zones.map((zone) => ({
    zone,
    day: new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" }).format(now)
  }))
  return days.reduce((last, one) => (one.day > last.day ? one : last))
}
const refuseFuture = (end: string, project: Project, { pipelines }: RunPlan): void => {
  const { day, zone } = todayIn(
    pipelines.map(({ name }) => zoneOf(project.config, name)),
    Date.now()
  )
  if (end > day) throw new Refusal(`--end-date ${end} is in the future`, { hint: `today is ${day} in ${zone}` })
}
/** Without `--only` everything that is not done; `--force` takes what is done, too. */
const wantedOf = (call: Call): ReadonlySet<WindowStatus> => {
  const named = list(call, "only")
  const known: ReadonlyArray<string> = windowStatuses.filter((status) => status !== "running")
  for (const name of named)
    if (!known.includes(name)) {
      const near = name === "running" ? undefined : nearest(name, known)
      throw new Refusal(`--only does not know "${name}".${near === undefined ? "" : ` Did you mean ${near}?`}`, {
        hint: `it takes ${known.join(", ")}${name === "running" ? ": what runs is left to the run that has it" : ""}`
      })
    }
  if (named.length > 0) return new Set(windowStatuses.filter((status) => named.includes(status)))
  return new Set<WindowStatus>(flag(call, "force") ? ["missing", "failed", "partial", "done"] : ["missing", "failed", "partial"])
}
const sizeOf = (call: Call): WindowSize => {
  const size = text(call, "window") ?? "month"
  return size === "day" || size === "week" || size === "month" ? size : Number(size)
}

/** How many windows may run side by side: as many as were asked for, when the pipelines allow more than one. */
const maxActiveOf = (call: Call, plan: RunPlan, next: RunPlan | undefined): number => {
  const most = number(call, "maxActive") ?? 1
  const why = most === 1 || next === undefined ? undefined : whyInTurn(plan, next)
  if (why !== undefined) throw new Refusal(`--max-active ${most} cannot be: ${why}`)
  return most
}

interface Outlook {
  readonly backfill: Omit<Backfill, "todo">
  readonly pipelines: ReadonlyArray<string>
  readonly all: ReadonlyArray<WindowOutlook>
  readonly todo: ReadonlyArray<WindowOutlook>
}
const lookAhead = async (call: Call, project: Project, request: RunRequest): Promise<Outlook> => {
  const range = rangeOf(call)
  const windows = windowsOf(range, sizeOf(call))
  const wanted = wantedOf(call)
  const planOf = (window: Window) => perform(planRun(project, windowRequest(request, { window })))
  const built = await planOf(windows[0]!)
  refuseFuture(range.end, project, built.plan)
  if (windows.length > mostWindows)
    throw new Refusal(`these are ${windows.length} windows, and ${mostWindows} is the most`, { hint: "choose a larger --window" })
  const { pipelines } = built.plan
  const next = number(call, "maxActive") === undefined || windows[1] === undefined ? undefined : await planOf(windows[1])
  const maxActive = maxActiveOf(call, built.plan, next?.plan)
  warn([...project.warnings, ...built.warnings], flag(call, "quiet"))
  const store = layerStore({ ...storePlaceOf(project), readOnly: true })
  const all = outlookOfWindows(windows, await perform(readEarlier(pipelines).pipe(Effect.provide(store), Effect.scoped)))
  const words = withoutSecrets(process.argv.slice(2), request, secretsAmong(request, built.plan))
  return {
    all,
    pipelines: pipelines.map(({ name }) => name),
    todo: all.filter(({ status }) => wanted.has(status)),
    backfill: {
      project,
      request,
      id: backfillId(pipelines),
      maxActive,
      secrets: worthHiding(built.secrets),
      typed: typed(words)
    }
  }
}

const countRows = async (project: Project, { all, pipelines }: Outlook): Promise<ReadonlyArray<Counted>> => {
  const store = layerStore({ ...storePlaceOf(project), readOnly: true })
  const windows = all.map(({ window }) => window)
  const rows = await perform(rowsOfWindows(project, pipelines, windows).pipe(Effect.provide(store), Effect.scoped))
  return all.map((one, i) => ({ ...one, rows: rows[i] ?? 0 }))
}

/** Asks at a terminal. Where nobody can answer, the command itself is the answer. */
const isMeant = async (call: Call, { all, todo }: Outlook): Promise<boolean> => {
  if (flag(call, "yes") || !process.stdin.isTTY || !process.stderr.isTTY) return true
  const asking = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await asking.question(`${countsText(all, todo.length)}. Go on? [y/N] `)
    return /^y(?:es)?$/iu.test(answer.trim())
  } finally {
    asking.close()
  }
}

/** In the server that owns the store, when there is one; else in this process. */
const runAll = async (backfill: Backfill, how: Omit<ShowOptions, "total">, standalone: boolean) => {
  const { project } = backfill
  const place = storePlaceOf(project)
  const remote = standalone ? undefined : await serverFor(project)
  if (remote === undefined) {
    const services = Layer.provideMerge(Engine.layer, layerStore(place))
    const run = Effect.flatMap(RunLog, ({ write }) =>
      followWindows(backfill, how, { begin: beginHere(backfill), keep: write, home: place.home })
    )
    return await perform(run.pipe(Effect.provide(services), Effect.scoped))
  }
  const { beginServed, leftText } = await import("../backfill/windowsServed.ts")
  const run = followWindows(backfill, how, { begin: beginServed(backfill, remote), leaving: leftText })
  return await perform(run.pipe(Effect.provide(layerStore({ ...place, readOnly: true })), Effect.scoped))
}
const codeOf = (ends: ReadonlyArray<WindowEnd>, halted: Halt | undefined): ExitCode => {
  if (halted !== undefined) return halted.code
  if (ends.every(({ status }) => status === "completed")) return exitCodes.completed
  return ends.some(({ status }) => status === "completed" || status === "partial") ? exitCodes.partial : exitCodes.failed
}

export const handle = async (call: Call): Promise<ExitCode> => {
  const asked = outputOf(call, false)
  const how = { ...asked, output: asked.output === "json" ? ("json" as const) : ("plain" as const) }
  const project = await openProject(call)
  const { startDate: _start, endDate: _end, ...rest } = requestOf(call, project)
  if (rest.params["days"] !== undefined)
    throw new Refusal("--days does not go with a backfill", {
      hint: "it takes --start-date and --end-date; --window 30 cuts them"
    })
  const outlook = await lookAhead(call, project, { mode: "backfill", lane: "backfill", ...rest })
  const { all, backfill, todo } = outlook
  const look = lookOf(process.stdout, process.env)
  if (flag(call, "dryRun")) {
    const counted = await countRows(project, outlook)
    if (how.output === "json")
      printJson({ backfill: backfill.id, windows: counted.map((one, i) => previewJson(one, todo.includes(all[i]!))) })
    else {
      const head = `backfill ${backfill.id}: ${countsText(all, todo.length)}`
      print([head, "", ...previewLines(counted, look, Date.now()), "", "Nothing was run (--dry-run)."])
    }
    return exitCodes.completed
  }
  if (how.detail !== "quiet") process.stderr.write(`backfill ${backfill.id}: ${countsText(all, todo.length)}\n`)
  if (todo.length === 0) return exitCodes.completed
  if (!(await isMeant(call, outlook))) {
    process.stderr.write("nothing was run\n")
    return exitCodes.notRun
  }
  const { ends, halted } = await runAll({ ...backfill, todo }, how, flag(call, "standalone"))
  const stream = how.output === "json" ? process.stderr : process.stdout
  const facts = { again: backfill.typed, id: backfill.id, left: todo.length - ends.length }
  stream.write(`${closingLines(ends, facts, lookOf(stream, process.env)).join("\n")}\n`)
  if (halted?.told !== undefined) process.stderr.write(`${oneLine(halted.told)}\n`)
  return codeOf(ends, halted)
}

/** `tetra dev` without a screen: a line for each reload, for editors, CI and people who like lines. */
import { statSync } from "node:fs"
import process from "node:process"
import { filesOf, keepConfig, type Project, type RunRequest } from "@tetra/core/engine"
import { differenceOf } from "@tetra/daemon/reload"
import type { Problem } from "@tetra/tui"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { glyph, isLive, type Look, type Mark, paint, toneOf } from "../output/plain/look.ts"
import { clockTime, many } from "../output/plain/amounts.ts"
import { oneLine } from "../output/plain/text.ts"
import { headline } from "../reload/headline.ts"
import { frameLines } from "../reload/codeFrame.ts"
import { shownFile } from "../reload/places.ts"
import { problemLines } from "../reload/problemLines.ts"
import { problemsOf } from "../reload/problems.ts"
import { typeCheck } from "../reload/typeErrors.ts"
import { perform } from "../runtime.ts"
import { nameOf, onSignals } from "../signals.ts"
import { type First, firstProject } from "./firstProject.ts"
import { Reruns } from "./Reruns.ts"

export interface LinesOptions extends Omit<First, "refused"> {
  readonly look: Look
  /** Also the lines around each problem. */
  readonly withFrames: boolean
  /** What runs at first and after each change that reaches it. */
  readonly request: RunRequest | undefined
  readonly run: (project: Project, only: ReadonlyArray<string> | undefined) => Promise<boolean>
  readonly affected: (before: Project, after: Project, isBroken: boolean) => Promise<ReadonlyArray<string>>
}
/** Longest that a save can be ago to be the one that was heard of, in milliseconds. */
const mostAgoMs = 2_000
/** From the newest change of the files on, a file that was moved into its place included; undefined when none is new: one is gone. */
const sinceSaved = (files: ReadonlyArray<string>): number | undefined => {
  const newest = Math.max(0, ...files.map((file) => statSync(file, { throwIfNoEntry: false })?.ctimeMs ?? 0))
  const ms = Date.now() - newest
  return ms <= mostAgoMs ? Math.max(1, Math.round(ms)) : undefined
}

export const developInLines = async (options: LinesOptions): Promise<ExitCode> => {
  const { look, read, request, withFrames } = options
  // While a run is at work, what is printed counts as printed by a stage: this is not.
  const write = process.stdout.write.bind(process.stdout)
  const clear = isLive(process.stdout, process.env) ? "\r\u001b[K" : ""
  const say = (mark: Mark, text: string, below: ReadonlyArray<string> = []): void => {
    const line = `${clockTime(Date.now())} ${paint(look, toneOf(mark), `${glyph(look, mark)} ${text}`)}`
    write(`${clear}${[line, ...(withFrames ? below : [])].join("\n")}\n`)
  }
  /** What comes first stands in the line itself. */
  const refuse = ([first, ...others]: ReadonlyArray<Problem>, how: string): void => {
    const more = others.length > 0 ? ` (and ${many(others.length, "more problem")})` : ""
    const below = first === undefined ? [] : [...frameLines(first.frame, look), ...problemLines(others, look, "failed")]
    say("failed", `not taken: ${first?.text ?? ""}${more}; ${how}`, below)
  }
  let leave = (): void => undefined
  const left = new Promise<void>((resolve) => (leave = resolve))
  const ignore = onSignals(
    (signal) => {
      say("cancelled", `${nameOf(signal)}: no longer watching`)
      leave()
    },
    () => undefined
  )
  const first = firstProject({ ...options, refused: (problems) => refuse(problems, "waiting for a save (Ctrl-C leaves)") })
  const begun = await Promise.race([first, left])
  if (begun === undefined) return exitCodes.interrupted
  let { project } = begun
  const files = filesOf(project).filter((file) => statSync(file, { throwIfNoEntry: false }) !== undefined)
  say(
    "note",
    `watching ${many(files.length, "file")} of ${project.config.project ?? shownFile(project.root)}: ${files.slice(0, 3).map(shownFile).join(", ")}${files.length > 3 ? ` and ${files.length - 3} more` : ""}`
  )
  let isBroken = false
  const reruns = new Reruns(async (only) => {
    isBroken = !(await options.run(project, only.length === 0 ? undefined : only))
  })
  const types = typeCheck(project.root, (errors) => {
    if (errors.length === 0) say("completed", "no type errors any more")
    else
      say(
        "warning",
        `${many(errors.length, "type error")}; what was saved runs all the same`,
        problemLines(errors, look, "warning")
      )
  })
  let wasRefused = false
  const reload = async (): Promise<void> => {
    types.start()
    const before = project
    try {
      project = await read()
    } catch (error) {
      wasRefused = true
      return refuse(problemsOf(error), `${before.configVersion.slice(0, 7)} stays in force`)
    }
    const after = project
    const ms = sinceSaved(filesOf(after))
    const difference = differenceOf(before, after, Date.now())
    const isSame = difference.changes.length === 0
    if (!isSame) await perform(keepConfig(after).pipe(Effect.ignore))
    const took = ms === undefined ? "" : ` (${ms} ms after the save)`
    if (!isSame)
      say(
        "completed",
        `reloaded${took}: ${oneLine(headline(difference))}${reruns.isBusy ? "; the run under way keeps what it began with" : ""}`
      )
    else if (wasRefused) say("completed", `mended${took}: as it was before`)
    else say("note", `saved${took}: means the same`)
    wasRefused = false
    if (isSame || request === undefined) return
    try {
      const only = await options.affected(before, after, isBroken)
      if (only.length > 0) reruns.ask(only)
    } catch (error) {
      say("failed", "what `--run` asks for cannot be run any more", problemLines(problemsOf(error), look, "failed"))
    }
  }
  begun.onSaved(async () => {
    await reload()
    return project
  })
  types.start()
  if (request !== undefined) reruns.ask(await options.affected(project, project, true))
  await left
  begun.close()
  types.stop()
  await reruns.close()
  ignore()
  return exitCodes.interrupted
}

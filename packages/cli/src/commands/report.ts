/** `tetra report [RUN|ASSET] [--open]`: the files that stages wrote for people; where there are none, pages of the data itself. */
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { basename, dirname, join, relative } from "node:path"
import process from "node:process"
import { type AssetVersion, Journal, type RunRow, StateQueries } from "@tetra/core/engine"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { advance, emptyModel } from "../output/model.ts"
import type { Call } from "../program.ts"
import { profileFile, renderProfile } from "../profile/render.ts"
import { readData } from "../project/data.ts"
import { flag, locationOf, openProject, storePlaceOf } from "../project/open.ts"
import { reportFiles, reportFolders } from "../project/reportFiles.ts"
import { findRun, nothingToSee, print, printJson, readStore } from "../project/store.ts"
import { didYouMean } from "../nearest.ts"

/** A program that has not failed by then shows the file. */
const patienceMs = 2_000
/** Opens a file with what the system uses for it; false when there is nothing to open it with, or that fails. */
export const openFile = async (file: string): Promise<boolean> => {
  const program = process.platform === "darwin" ? "open" : process.platform === "win32" ? "explorer" : "xdg-open"
  return await new Promise((resolve) => {
    const child = spawn(program, [file], { stdio: "ignore", detached: true })
    const shown = setTimeout(() => resolve(true), patienceMs)
    child.unref()
    child.once("error", () => resolve(false))
    child.once("exit", (code) => resolve(code === 0 || process.platform === "win32")) // explorer answers 1 always
    child.once("close", () => clearTimeout(shown))
  })
}

export const notOpened = (file: string): string => `no browser could be opened here: open ${file} yourself\n`

interface Asked {
  readonly row: RunRow
  /** Where its reports may be, below the folder of all reports. */
  readonly folders: ReadonlyArray<string>
  /** What can be rendered in their place: the asset that was named, or those that the run made. */
  readonly assets: ReadonlyArray<AssetVersion>
  /** The stage that made the asset that was named. */
  readonly own: string | undefined
}

const pipelineOf = (stage: string): string => stage.slice(0, stage.indexOf("."))

/**
 * A run, or the one that made the newest version of an asset: then the reports of the stage that made it come first, and those of other pipelines are
 * about something else.
 */
const find = (word: string) =>
  Effect.gen(function* () {
    const queries = yield* StateQueries
    const assets = yield* queries.assets
    const named = assets.find(({ asset }) => asset === word)
    if (named === undefined && word !== "latest" && (yield* queries.run(word)) === undefined) {
      const names = assets.map(({ asset }) => asset)
      const near = didYouMean(word, names)
      if (near !== "") return yield* Effect.fail(new Refusal(`there is no run and no asset "${word}".${near}`))
    }
    const row = yield* findRun(named?.producer.run ?? word, nothingToSee)
    const model = (yield* (yield* Journal).read(row.id)).reduce(advance, emptyModel)
    const folders = reportFolders(row.id, model, named?.producer.stage)
    if (named === undefined)
      return { row, folders, assets: assets.filter((a) => a.producer.run === row.id), own: undefined } satisfies Asked
    const pipeline = pipelineOf(named.producer.stage)
    const isKept = model.stages.size > 0
    const near = isKept ? folders.filter((folder) => pipelineOf(basename(folder)) === pipeline) : folders
    return { row, folders: near, assets: [named], own: named.producer.stage } satisfies Asked
  })

/** The page of each version: found when it was rendered before, else rendered now. */
const rendered = async (call: Call, home: string, run: string, assets: ReadonlyArray<AssetVersion>) => {
  const files = assets.map((version) => ({ version, file: profileFile(join(home, "reports"), run, version) }))
  const absent = files.filter(({ file }) => !existsSync(file))
  if (absent.length > 0) {
    const project = await openProject(call)
    await readData(
      storePlaceOf(project),
      Effect.forEach(absent, ({ version, file }) => renderProfile(project, version, file), { discard: true })
    )
  }
  return files.map(({ file }) => file)
}

export const handle = async (call: Call): Promise<ExitCode> => {
  const place = locationOf(call)
  const { row, folders, assets, own } = await readStore(place, find(call.args[0] ?? "latest"))
  const written = folders.flatMap((folder) => reportFiles(join(place.home, "reports", folder)))
  // Of an asset, files of other stages count when there is a page among them: lists for programs are about something else.
  const isAbout = own === undefined || written.some((file) => file.endsWith(".html") || basename(dirname(file)) === own)
  const found = isAbout ? written : []
  const files = found.length > 0 ? found : await rendered(call, place.home, row.id, assets)
  if (flag(call, "json")) {
    printJson({ run: row.id, files })
    return exitCodes.completed
  }
  const first = files.find((file) => file.endsWith(".html")) ?? files[0]
  if (first === undefined) {
    throw new Refusal(`run ${row.id} wrote no report, and no newest version of an asset is its own`, {
      code: exitCodes.failed,
      hint: "`tetra assets list` names what there is: `tetra report ASSET` renders a page of it"
    })
  }
  if (found.length === 0) process.stderr.write("no stage wrote a report of this: here is the data itself, column by column\n")
  print(files.map((file) => relative(process.cwd(), file)))
  if (flag(call, "open") && !(await openFile(first))) process.stderr.write(notOpened(first))
  return exitCodes.completed
}

/** `tetra report [RUN|ASSET] [--open]`: the files that stages wrote for people. */
import { spawn } from "node:child_process"
import { join, relative } from "node:path"
import process from "node:process"
import { Journal, type RunRow, StateQueries } from "@tetra/core/engine"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { advance, emptyModel } from "../output/model.ts"
import type { Call } from "../program.ts"
import { flag, locationOf } from "../project/open.ts"
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
}

/** A run, or the one that made the newest version of an asset: then the reports of the stage that made it come first. */
const find = (word: string) =>
  Effect.gen(function* () {
    const queries = yield* StateQueries
    const assets = yield* queries.assets
    const made = assets.find(({ asset }) => asset === word)?.producer
    if (made === undefined && word !== "latest" && (yield* queries.run(word)) === undefined) {
      const names = assets.map(({ asset }) => asset)
      const near = didYouMean(word, names)
      if (near !== "") return yield* Effect.fail(new Refusal(`there is no run and no asset "${word}".${near}`))
    }
    const row = yield* findRun(made?.run ?? word, nothingToSee)
    const model = (yield* (yield* Journal).read(row.id)).reduce(advance, emptyModel)
    return { row, folders: reportFolders(row.id, model, made?.stage) } satisfies Asked
  })

export const handle = async (call: Call): Promise<ExitCode> => {
  const place = locationOf(call)
  const { row, folders } = await readStore(place, find(call.args[0] ?? "latest"))
  const files = folders.flatMap((folder) => reportFiles(join(place.home, "reports", folder)))
  if (flag(call, "json")) {
    printJson({ run: row.id, files })
    return exitCodes.completed
  }
  const first = files.find((file) => file.endsWith(".html")) ?? files[0]
  if (first === undefined) {
    throw new Refusal(`run ${row.id} wrote no report`, {
      code: exitCodes.failed,
      hint: `stages of ${row.pipelines.join(", ")} write none, or they were removed; the data itself: \`tetra assets list\``
    })
  }
  print(files.map((file) => relative(process.cwd(), file)))
  if (flag(call, "open") && !(await openFile(first))) process.stderr.write(notOpened(first))
  return exitCodes.completed
}

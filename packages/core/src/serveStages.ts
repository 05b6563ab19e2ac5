/** Serves stages in a thread or a process of their own: the line to the engine, the store, the plugins. */
import { readFileSync } from "node:fs"
import { basename } from "node:path"
import process from "node:process"
import { isMainThread, parentPort } from "node:worker_threads"
import { Effect } from "effect"
import { resolvePlugins } from "./config/PluginHost.ts"
import type { FromWorker, ProjectSource, ToWorker } from "./execution/isolation/protocol.ts"
import { StageServer } from "./execution/isolation/serve.ts"
import { startWatchdog } from "./execution/isolation/startWatchdog.ts"
import type { Catalogue } from "./planning/Catalogue.ts"
import { diagnosticText, type Project } from "./planning/Project.ts"
import { loadPlugins } from "./planning/loadPlugins.ts"
import { makeArtifactStore } from "./storage/filesystem/artifactStore.ts"
import { foldersOf } from "./storage/filesystem/folders.ts"

/** The same catalogue as in the engine: the same plugins in the same order. */
const loadCatalogue = ({ config, plugins, root }: ProjectSource): Effect.Effect<Catalogue, Error> =>
  Effect.gen(function* () {
    const { extension_points } = config as Project["config"]
    const named = plugins.map((name) => ({ name, where: "configuration" }))
    const resolved = yield* resolvePlugins(named, root)
    const loaded = yield* loadPlugins(resolved.plugins, extension_points)
    const errors = [...resolved.diagnostics, ...loaded.diagnostics].filter(({ level }) => level === "error")
    if (errors.length > 0) return yield* Effect.fail(new Error(errors.map(diagnosticText).join("\n")))
    return { ...loaded.catalogue, names: resolved.names }
  })
/** Private memory in bytes, as Linux counts it for `prlimit --data`. */
const dataSize = (): number | undefined => {
  if (process.platform !== "linux") return undefined
  const kilobytes = /^VmData:\s+(\d+) kB/mu.exec(readFileSync("/proc/self/status", "utf8"))?.[1]
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
}
/** Messages to the engine, from a thread by its port, from a process by its channel. */
const post = (message: FromWorker): void => {
  if (isMainThread) process.send?.(message)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  else parentPort?.postMessage(message)
}
/**
 * Native code that works while its thread is ended can abort the whole program (DuckDB does, with a query under way), and a stage must be able to
 * be ended at any time.
 */
const refuseNativeCode = (): void => {
  process.dlopen = (_module, file) => {
    throw new Error(
      `native code (${basename(file)}) cannot run in a thread: ending the thread could end the whole program. Give the stage isolation: "process"`
    )
  }
}
export const serveStages = (): void => {
  if (!isMainThread) refuseNativeCode()
  const watch = startWatchdog()
  const server = new StageServer({
    post,
    loadCatalogue,
    openStore: (home) => makeArtifactStore(foldersOf(home)),
    leave: () => process.exit(),
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    limit: (bytes) => watch?.postMessage(bytes)
  })
  process.on("uncaughtException", server.fault)
  process.on("unhandledRejection", server.fault)
  if (isMainThread) {
    // Ctrl-C, and closing the terminal, reach the whole group; the engine says what is to stop.
    for (const signal of ["SIGINT", "SIGHUP"]) process.on(signal, () => undefined)
    process.on("disconnect", () => process.exit())
    process.on("message", (message) => server.hear(message as ToWorker))
  } else parentPort?.on("message", server.hear)
  post({ kind: "ready", rss: process.memoryUsage.rss(), data: isMainThread ? dataSize() : undefined })
}

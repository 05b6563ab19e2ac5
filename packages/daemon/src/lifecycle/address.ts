/** Where the server of a data folder listens, and whether one does. Most commands ask that and find none: what talks is loaded when there is one. */
import { existsSync, lstatSync, mkdirSync, unlinkSync } from "node:fs"
import { tmpdir, userInfo } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { Data, Effect } from "effect"

/** There can be no server here; the message says what to do. */
export class ServerRefused extends Data.TaggedError("ServerRefused")<{ readonly message: string; readonly hint: string }> {}
/** Makes the data folder and the folder of its logs, whose path is answered, for its user alone. */
export const makeLogFolder = (home: string): Effect.Effect<string, ServerRefused> =>
  Effect.try({
    try: () => {
      const logs = join(home, "logs")
      mkdirSync(logs, { recursive: true, mode: 0o700 })
      return logs
    },
    catch: (error) =>
      new ServerRefused({
        message: `the data folder cannot be used: ${error instanceof Error ? error.message : String(error)}`,
        hint: "check who owns it and what is in its place, or set TETRA_HOME to a folder of yours"
      })
  })
/** Longest path of a socket that every system takes, in bytes. */
const mostBytes = 100

/** `daemon.sock` in the data folder; where its path is too long, a folder of the user's own beside all temporary ones. Throws `ServerRefused` when that is open to others. */
export const socketOf = (home: string): string => {
  const path = join(home, "daemon.sock")
  if (Buffer.byteLength(path) <= mostBytes) return path
  const folder = join(process.env["XDG_RUNTIME_DIR"] ?? tmpdir(), `tetra-${userInfo().uid}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { mode, uid } = lstatSync(folder)
  if ((mode & 0o077) !== 0 || (userInfo().uid >= 0 && uid !== userInfo().uid))
    throw new ServerRefused({
      message: `${folder} is open to others: no socket is made there`,
      hint: "set XDG_RUNTIME_DIR to a folder of your own"
    })
  return join(
    folder,
    `${process.getBuiltinModule("node:crypto").createHash("sha256").update(home).digest("hex").slice(0, 16)}.sock`
  )
}
export type Standing = "none" | "answers" | "stale" | "foreign"
/** `stale`: a socket of a process that is gone. `foreign`: a file that is no socket. */
export const standingOf = async (path: string): Promise<Standing> => {
  if (!existsSync(path)) return "none"
  if (!lstatSync(path).isSocket()) return "foreign"
  return await new Promise((resolve) => {
    const socket = process.getBuiltinModule("node:net").createConnection(path)
    socket.once("connect", () => {
      socket.destroy()
      resolve("answers")
    })
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ENOENT" ? "none" : "stale"))
  })
}
type Refusing = (path: string, server: number | undefined) => ServerRefused
const refusals: Readonly<Partial<Record<Standing, Refusing>>> = {
  answers: (path, server) =>
    server === undefined
      ? new ServerRefused({
          message: `another program listens on ${path}, which is no server of this data folder`,
          hint: "end it, or set TETRA_HOME to another folder: the server listens there"
        })
      : new ServerRefused({
          message: `a server is running here already (process ${server})`,
          hint: "`tetra ui` attaches to it, `tetra stop` stops it"
        }),
  foreign: (path) => new ServerRefused({ message: `${path} is no socket`, hint: "move it away: the server listens there" })
}
/** Makes room for a server, or says why there is none. `server`: the process of the server of this data folder, when there is one. */
export const claimSocket = (path: string, server: number | undefined): Effect.Effect<void, ServerRefused> =>
  Effect.flatMap(
    Effect.promise(() => standingOf(path)),
    (standing) => {
      const refusal = refusals[standing]
      if (refusal !== undefined) return Effect.fail(refusal(path, server))
      return standing === "stale" ? Effect.sync(() => unlinkSync(path)) : Effect.void
    }
  )

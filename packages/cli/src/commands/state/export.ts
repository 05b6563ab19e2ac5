/** `tetra state export FILE`: the whole log as JSON lines. */
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs"
import process from "node:process"
import { exportState } from "@tetra/core/storage"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import type { Call } from "../../program.ts"
import { amount, onState, tell } from "./store.ts"

type Write = (text: string) => Effect.Effect<void>
const toOutput: Write = (text) => Effect.promise(() => new Promise<void>((resume) => process.stdout.write(text, () => resume())))

/** Whole or not at all, and for nobody else: parameters of runs may be private. */
const intoFile = async <A>(file: string, use: (write: Write) => Promise<A>): Promise<A> => {
  const aside = `${file}.${process.pid}.part`
  const attempt = <B>(work: () => B): B => {
    try {
      return work()
    } catch (error) {
      throw new Refusal(`${file} could not be written: ${error instanceof Error ? error.message : String(error)}`, {
        code: exitCodes.failed
      })
    }
  }
  const open = attempt(() => openSync(aside, "wx", 0o600))
  try {
    const answer = await use((text) => Effect.sync(() => attempt(() => writeAll(open, Buffer.from(text)))))
    attempt(() => {
      fsyncSync(open)
      renameSync(aside, file)
    })
    return answer
  } finally {
    closeSync(open)
    rmSync(aside, { force: true })
  }
}
const writeAll = (open: number, bytes: Buffer): void => {
  for (let from = 0; from < bytes.length;) from += writeSync(open, bytes, from)
}

export const handle = async (call: Call): Promise<ExitCode> => {
  const file = call.args[0] ?? "-"
  if (file !== "-" && existsSync(file))
    throw new Refusal(`${file} is there already`, { hint: "name another file: a backup is never overwritten" })
  const written = (write: Write) => onState(call, true, (state, _place, tellDone) => exportState(state, write, tellDone))
  if (file === "-") await written(toOutput)
  else tell(`${file}: ${amount(await intoFile(file, written))}`)
  return exitCodes.completed
}

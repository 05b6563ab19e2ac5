/**
 * Certifies in a process of its own: a stage that loops for ever, exits or aborts takes that process along, and the command tells which stage and
 * which check it was.
 */
import { fork } from "node:child_process"
import process from "node:process"
import type { Certificate, CertifiedStage } from "@tetra/core/testing"
import type { Diagnostic } from "../domain.ts"

/** Set in the process that does it. */
export const apartVariable = "TETRA_CERTIFY_APART"

export type Told =
  | { readonly kind: "begins"; readonly stage: string; readonly check: string }
  | { readonly kind: "stage"; readonly stage: CertifiedStage }
  | { readonly kind: "certified"; readonly certificate: Certificate }
  | { readonly kind: "done" }
  | {
      readonly kind: "refused"
      readonly message: string
      readonly problems: ReadonlyArray<Diagnostic>
      readonly hint?: string | undefined
    }

export interface ApartResult {
  readonly certificates: ReadonlyArray<Certificate>
  /** Stages of the plugin at which it broke. */
  readonly unfinished: ReadonlyArray<CertifiedStage>
  readonly refused: Extract<Told, { readonly kind: "refused" }> | undefined
  /** How the process ended before it was done, and at what. */
  readonly broke: { readonly stage: string; readonly check: string; readonly how: string } | undefined
  /** Lines that the plugin printed past the log. */
  readonly printed: number
}
const linesIn = (chunk: Buffer): number => chunk.reduce((sum, byte) => sum + (byte === 10 ? 1 : 0), 0)

/** Least that loading the plugins may take, however short a check may be. */
const loadingMs = 60_000

/** Does what this command was asked, in another process, which is ended when it says nothing for `limitMs`. */
export const certifyApart = (
  limitMs: number,
  onNews: (at: { readonly stage: string; readonly check: string }) => void
): Promise<ApartResult> =>
  new Promise((resolve) => {
    const child = fork(process.argv[1] ?? "", process.argv.slice(2), {
      env: { ...process.env, [apartVariable]: "1" },
      stdio: ["ignore", "pipe", "pipe", "ipc"]
    })
    let at = { stage: "", check: "loading" }
    let isLate = false
    let printed = 0
    let isDone = false
    let refused: ApartResult["refused"]
    let unfinished: Array<CertifiedStage> = []
    const certificates: Array<Certificate> = []
    const late = () => {
      isLate = true
      child.kill("SIGKILL")
    }
    let timer = setTimeout(late, Math.max(limitMs, loadingMs))
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => {
        printed += linesIn(chunk)
      })
    child.on("message", (message) => {
      const told = message as Told
      clearTimeout(timer)
      timer = setTimeout(late, limitMs)
      switch (told.kind) {
        case "begins":
          at = { stage: told.stage, check: told.check }
          return onNews(at)
        case "stage":
          return void unfinished.push(told.stage)
        case "certified":
          unfinished = []
          return void certificates.push(told.certificate)
        case "refused":
          refused = told
          return undefined
        case "done":
          isDone = true
          return undefined
      }
    })
    child.once("close", (code, signal) => {
      clearTimeout(timer)
      const how = isLate
        ? `it said nothing for ${(at.stage === "" ? Math.max(limitMs, loadingMs) : limitMs) / 1000} s and was ended`
        : `the process ended ${signal === null ? `with exit code ${code}` : `by ${signal}`}`
      const broke = isDone || refused !== undefined ? undefined : { ...at, how }
      resolve({ certificates, unfinished, refused, printed, broke })
    })
  })
/** Tells the process that asked; resolves when it has it. */
export const tell = (told: Told): Promise<void> =>
  new Promise((resolve) => {
    if (process.send === undefined) resolve()
    else process.send(told, () => resolve())
  })

/** Where copied text goes: the terminal's own clipboard, else a program of the machine, else a file. */
import { spawn } from "node:child_process"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

type Env = Readonly<Record<string, string | undefined>>
/** Most base64 bytes that terminals take through OSC 52, in bytes of text. */
const mostSent = 74_994

/** Why a terminal does not take text through OSC 52; undefined when it may. There is no way to ask it. */
const refusal = (text: string, env: Env): string | undefined => {
  if (Buffer.byteLength(text) > mostSent) return "too long for the terminal"
  if (env["TERM"] === "linux" || env["TERM"] === "dumb") return "this terminal has no clipboard"
  if (env["TERM_PROGRAM"] === "Apple_Terminal" || (env["VTE_VERSION"] ?? "") !== "") return "this terminal does not take OSC 52"
  return undefined
}
/** Inside of tmux and screen the sequence has to be passed on. */
const osc52 = (text: string, env: Env): string => {
  const sequence = `\u001b]52;c;${Buffer.from(text).toString("base64")}\u0007`
  return env["TMUX"] === undefined && (env["TERM"] ?? "").startsWith("screen") ? `\u001bP${sequence}\u001b\\` : sequence
}
/** Programs that take text for the clipboard of the machine that somebody sits at. */
export const clipboardPrograms = (env: Env, platform: string): ReadonlyArray<readonly [string, ...ReadonlyArray<string>]> => {
  // Over SSH they would fill the clipboard of the wrong machine.
  if (env["SSH_CONNECTION"] !== undefined || env["SSH_TTY"] !== undefined) return []
  if (platform === "darwin") return [["pbcopy"]]
  if (platform === "win32") return [["clip.exe"]]
  const wayland = env["WAYLAND_DISPLAY"] === undefined ? [] : [["wl-copy"] as const]
  const x11 = env["DISPLAY"] === undefined ? [] : [["xclip", "-selection", "clipboard"] as const, ["xsel", "-ib"] as const]
  return [...wayland, ...x11]
}
const piped = async ([program, ...args]: readonly [string, ...ReadonlyArray<string>], text: string): Promise<boolean> =>
  await new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ["pipe", "ignore", "ignore"] })
    child.once("error", () => resolve(false))
    child.once("exit", (code) => resolve(code === 0))
    child.stdin.on("error", () => undefined)
    child.stdin.end(text)
  })
export interface Surface {
  readonly env: Env
  readonly platform: string
  readonly write: (sequence: string) => unknown
}
/** Copies `text`, and answers in words what became of it. */
export const copyText = async (text: string, what: string, { env, platform, write }: Surface): Promise<string> => {
  const bytes = Buffer.byteLength(text)
  const why = refusal(text, env)
  if (why === undefined) {
    write(osc52(text, env))
    return `sent ${what} to the clipboard (${bytes} bytes, OSC 52); if nothing arrives, m shows it for selection`
  }
  for (const program of clipboardPrograms(env, platform))
    if (await piped(program, text)) return `copied ${what} (${bytes} bytes, ${program[0]})`
  const file = join(mkdtempSync(join(tmpdir(), "tetra-copied-")), "copied.txt")
  writeFileSync(file, `${text}\n`, { mode: 0o600 })
  return `${why}: wrote ${what} (${bytes} bytes) to ${file}`
}

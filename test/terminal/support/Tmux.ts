/** A real terminal for tests: one tmux server of its own per terminal, gone when the test is over. */
import { execFileSync } from "node:child_process"
import { randomUUID } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import xterm from "@xterm/headless"
import { onTestFinished } from "vitest"
import { bin } from "../../e2e/support/project.ts"

const longestWaitMs = 20_000
/** A key within this time of an escape is taken as one with the alt key. */
const escapeMs = 60
const betweenMs = 50

export const hasTmux = (): boolean => {
  try {
    execFileSync("tmux", ["-V"], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}
export class Tmux {
  private readonly server = `tetra-test-${randomUUID()}`
  private readonly size: { readonly width: number; readonly height: number }
  /** Every byte that was written to the terminal. */
  private readonly record: string

  /** A shell in `dir`, where `tetra` is the real command line, with a few lines of a shell session above. */
  constructor(dir: string, size: { readonly width: number; readonly height: number }) {
    const { CI: _, NO_COLOR: __, TETRA_HOME: ___, TETRA_CONFIG: ____, INK_SCREEN_READER: _____, ...env } = process.env
    execFileSync(
      "tmux",
      ["-L", this.server, "-f", "/dev/null", "new-session", "-d", "-s", "t", "-x", `${size.width}`, "-y", `${size.height}`, "sh"],
      { cwd: dir, env: { ...env, LC_ALL: "C.UTF-8", PS1: "$ " } }
    )
    onTestFinished(() => {
      this.tmux("kill-server")
    })
    this.size = size
    this.record = join(dir, `${this.server}.bytes`)
    this.tmux("pipe-pane", "-t", "t", `exec cat > '${this.record}'`)
    this.type(`tetra() { "${process.execPath}" "${bin}" "$@"; }; clear; echo an earlier line\n`)
  }
  tmux(...args: ReadonlyArray<string>): string {
    return execFileSync("tmux", ["-L", this.server, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
  }
  /** Types text as it stands; `\n` is the enter key. */
  type(text: string): void {
    for (const [i, part] of text.split("\n").entries()) {
      if (i > 0) this.key("Enter")
      if (part !== "") this.tmux("send-keys", "-t", "t", "-l", part)
    }
  }
  /** Keys by tmux's names: `Escape`, `C-c`, `Up`. */
  key(...names: ReadonlyArray<string>): void {
    this.tmux("send-keys", "-t", "t", ...names)
  }
  /** The escape key by itself. */
  async escape(): Promise<void> {
    this.key("Escape")
    await new Promise((resolve) => setTimeout(resolve, escapeMs))
  }
  /** What stands on the screen, row by row. */
  rows(): ReadonlyArray<string> {
    return this.tmux("capture-pane", "-t", "t", "-p").replace(/\n$/u, "").split("\n")
  }
  screen(): string {
    return this.rows().join("\n")
  }
  resize(width: number, height: number): void {
    this.tmux("resize-window", "-t", "t", "-x", `${width}`, "-y", `${height}`)
  }
  /** Modes of the terminal that a program may leave behind. */
  modes(): string {
    return this.tmux(
      "display-message",
      "-t",
      "t",
      "-p",
      "cursor #{cursor_flag} alternate #{alternate_on} mouse #{mouse_any_flag}"
    ).trim()
  }
  /** Modes that tmux does not tell, after every byte so far was played to an emulator. `synchronised`: the screen waits for the end of a frame. */
  async allModes(): Promise<Readonly<Record<string, unknown>>> {
    const emulator = new xterm.Terminal({ cols: this.size.width, rows: this.size.height, allowProposedApi: true })
    await new Promise<void>((resolve) => {
      emulator.write(readFileSync(this.record), resolve)
    })
    const { bracketedPasteMode, mouseTrackingMode, sendFocusMode, synchronizedOutputMode } = emulator.modes
    return {
      paste: bracketedPasteMode,
      mouse: mouseTrackingMode,
      focus: sendFocusMode,
      synchronised: synchronizedOutputMode,
      screen: emulator.buffer.active.type
    }
  }
  /** Process id of the program in the foreground whose arguments hold `text`. */
  pidOf(text: string): number {
    const shell = this.tmux("display-message", "-t", "t", "-p", "#{pane_pid}").trim()
    const list = execFileSync("ps", ["-o", "pid=,args=", "--ppid", shell], { encoding: "utf8" })
    const found = list.split("\n").find((line) => line.includes(text))
    return Number(found?.trim().split(" ")[0])
  }
  /** Waits until the screen is as `test` wants it, and answers it. */
  async until(what: string, test: (screen: string) => boolean): Promise<string> {
    const began = performance.now()
    for (;;) {
      const screen = this.screen()
      if (test(screen)) return screen
      if (performance.now() - began > longestWaitMs) throw new Error(`never came: ${what}\n${screen}`)
      await new Promise((resolve) => setTimeout(resolve, betweenMs))
    }
  }
  async sees(text: string): Promise<string> {
    return await this.until(text, (screen) => screen.includes(text))
  }
}

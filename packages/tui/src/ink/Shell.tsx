/** The dashboard's shell: an Ink application that has keyboard, screen and size of the terminal, and shows whatever its owner paints. */
import { type Instance, render, type TerminalSuspension } from "ink"
import process from "node:process"
import type { Size } from "../paint/Painter.ts"
import { type Owner, Root } from "./Root.tsx"
import type { Left } from "./screens.tsx"
import { type Streams, Terminal } from "./Terminal.ts"

/** Frames are paced by their owner, signals and output are the terminal's and the run's. */
const inkOptions = {
  exitOnCtrlC: false,
  patchConsole: false,
  interactive: true,
  maxFps: 60,
  isScreenReaderEnabled: false
} as const

export interface ShellOptions {
  readonly streams: Streams
  /** What is on the screen before there is an owner. */
  readonly opening: string
  /** The person left before there was an owner; the terminal is as it was. */
  readonly left: (how: Left) => void
}
/** Who has the shell, once something can be shown. */
export interface ShellOwner extends Owner {
  /** A signal came: the screen is to be given back, and what runs to be stopped. */
  readonly signalled: (signal: NodeJS.Signals) => void
}
export class Shell {
  private readonly options: ShellOptions
  private readonly terminal: Terminal
  private instance: Instance | undefined
  private owner: ShellOwner | undefined
  private turns = 0
  private isFull = false
  private suspend: (() => Promise<TerminalSuspension>) | undefined
  private suspension: Promise<TerminalSuspension> | undefined
  /** What was lent was the whole screen, and not line mode. */
  private wasFull = false
  private held: NodeJS.Timeout | undefined

  constructor(options: ShellOptions) {
    this.options = options
    this.terminal = new Terminal(options.streams, (signal) => this.onSignal(signal))
  }
  get size(): Size {
    return this.terminal.size
  }
  get isFullScreen(): boolean {
    return this.isFull
  }
  /** Takes keyboard and screen. */
  open(): void {
    if (this.instance !== undefined) return
    this.terminal.open()
    // Before anything is drawn, so that no key is echoed.
    this.terminal.input.setRawMode(true)
    process.on("SIGCONT", this.onContinue)
    this.enter()
  }
  /** From now on keys go to `owner`, and its frames are shown. */
  give(owner: ShellOwner): void {
    this.owner = owner
    if (this.instance !== undefined) this.draw()
  }
  /** Takes the whole screen. Its owner paints next. */
  enter(): void {
    this.isFull = true
    this.turns += 1
    this.terminal.enter()
    this.draw()
  }
  /** Gives the screen back; keys still come. */
  leave(): void {
    this.isFull = false
    // First the screen: what Ink still says while its components go reaches nobody.
    this.terminal.leave()
    if (this.instance !== undefined) this.draw()
  }
  /** Gives everything back. */
  close(): void {
    process.off("SIGCONT", this.onContinue)
    this.isFull = false
    this.terminal.leave()
    this.instance?.unmount()
    this.instance = undefined
    this.terminal.restore()
  }
  /** Everything again, on an empty screen. */
  redraw(): void {
    this.instance?.clear()
    this.terminal.tellSize()
  }
  setMouse(on: boolean): void {
    this.terminal.setMouse(on)
  }
  writeRaw(text: string): void {
    this.terminal.writeRaw(text)
  }
  /** Hands keyboard and screen to another program until `take` is called. */
  lend(): void {
    this.wasFull = this.isFull
    this.leave()
    this.suspension ??= this.suspend?.()
  }
  take(): void {
    void this.suspension?.then(async ({ resume }) => await resume())
    this.suspension = undefined
    if (this.wasFull) this.enter()
  }
  /** For a line that cannot wait: the process stands still. Answers how to take the terminal again. */
  lendAtOnce(): () => void {
    return this.terminal.lendAtOnce()
  }
  /** Stops the process as the shell expects it; `fg` comes back here. */
  stop(): void {
    this.lend()
    // Without the keyboard nothing else may hold the process when it comes back.
    this.held = setInterval(() => undefined, 60_000)
    process.kill(process.pid, "SIGTSTP")
  }
  private readonly onContinue = (): void => {
    if (this.held === undefined) return
    clearInterval(this.held)
    this.held = undefined
    this.take()
    this.redraw()
  }
  private onSignal(signal: NodeJS.Signals): void {
    if (this.owner !== undefined) return this.owner.signalled(signal)
    this.close()
    this.options.left("interrupt")
  }
  private readonly lends = (suspend: () => Promise<TerminalSuspension>): void => {
    this.suspend = suspend
  }
  private draw(): void {
    const root = (
      <Root
        terminal={this.terminal}
        owner={this.owner}
        opening={this.options.opening}
        turn={this.isFull ? this.turns : undefined}
        lends={this.lends}
      />
    )
    if (this.instance !== undefined) return this.instance.rerender(root)
    const { input, output } = this.terminal
    const instance = render(root, {
      stdin: input as unknown as NodeJS.ReadStream,
      stdout: output as unknown as NodeJS.WriteStream,
      ...inkOptions
    })
    this.instance = instance
    const onExit = (left: unknown): void => this.onExit(instance, left as Left | undefined)
    // Passive effects of the first time run before the second: now keys are heard, however busy the process is from here on.
    instance.rerender(root)
    void instance.waitUntilExit().then(onExit, (error: unknown) => this.owner?.failed(error))
    return undefined
  }
  /** Ink's `exit` was called on the opening screen. */
  private onExit(instance: Instance, left: Left | undefined): void {
    if (this.instance !== instance || left === undefined) return
    this.close()
    this.options.left(left)
  }
}

/** The dashboard's screen from the first moment on, while program, configuration, plugins and store are still being loaded. */
import process from "node:process"
import { setImmediate } from "node:timers/promises"
import { Shell } from "@tetra/tui/shell"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { replace } from "../replace.ts"

/** What is written to a stream is kept until it is let go. */
interface Held {
  readonly isEmpty: () => boolean
  readonly release: () => void
}
const hold = (stream: NodeJS.WriteStream): Held => {
  const held: Array<string | Uint8Array> = []
  const restore = replace(stream, "write", (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
    held.push(chunk)
    const callback = typeof encoding === "function" ? encoding : done
    if (typeof callback === "function") queueMicrotask(() => (callback as () => void)())
    return true
  })
  const release = (): void => {
    restore()
    for (const chunk of held.splice(0)) stream.write(chunk)
  }
  return { isEmpty: () => held.length === 0, release }
}
/** A shell on the terminal of this process. */
const shellWith = (opening: string, left: ConstructorParameters<typeof Shell>[0]["left"]): Shell =>
  new Shell({
    streams: { stdin: process.stdin, stdout: process.stdout, write: process.stdout.write.bind(process.stdout) },
    opening,
    left
  })

export class Opening {
  private readonly shell: Shell
  private held: ReadonlyArray<Held> = []

  /** `quitCode`: what leaving with `q` means for the command. */
  constructor(quitCode: ExitCode) {
    this.shell = shellWith("  opening the project ...", (how) => {
      this.close()
      if (quitCode !== exitCodes.completed) process.stderr.write("left before the run began: nothing was done\n")
      process.exit(how === "quit" ? quitCode : exitCodes.interrupted)
    })
  }
  open(): void {
    this.shell.open()
    this.held = [hold(process.stdout), hold(process.stderr)]
    process.once("exit", this.close)
  }
  /** Lets the keys in that were pressed meanwhile: what loads a program hardly ever waits. */
  async hear(): Promise<void> {
    await setImmediate()
  }
  /** For whoever goes on with it. What was printed meanwhile stands in the scrollback first. */
  private take(): Shell {
    process.off("exit", this.close)
    if (this.held.some(({ isEmpty }) => !isEmpty())) this.shell.leave()
    for (const { release } of this.held) release()
    this.held = []
    return this.shell
  }
  /** Gives the terminal back, if it was not taken over; then prints what was to be printed. */
  readonly close = (): void => {
    if (this.held.length === 0) return
    this.shell.close()
    this.take()
  }
  /** The open shell, else a new one. */
  static shellOf(opening: Opening | undefined): Shell {
    return opening === undefined ? shellWith("", () => undefined) : opening.take()
  }
}

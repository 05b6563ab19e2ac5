import type { AtWork } from "./atWork.ts"

/** What a process says of itself while its loop is held. */
export interface Executing {
  /** The attempt in whose name it executes, and code of a stage with it; null: it is the engine's, or nobody's. */
  readonly unit: AtWork | null
  /** `file:line` of that code. */
  readonly at: string | null
  /** Processor time of the loop since its last sign of life, in milliseconds. */
  readonly usedMs: number
}
/** What was found out about the thread that stands still. */
export interface Held extends Executing {
  /** It showed a line itself. */
  readonly said: boolean
  /** It could be stopped at a place and asked. Native code cannot. */
  readonly isHeld: boolean
}
interface Asking {
  /** The diagnostics channel on which the process answers. */
  readonly channel: string
  readonly isStill: () => boolean
  /** The line that it is to show, knowing this; undefined: none. */
  readonly lineOf: (found: Executing) => string | undefined
}
/**
 * Stops the main thread in the middle of what it executes (the inspector can, without a port), asks whose code that is, lets it show a line, and lets
 * it go on. Complete in itself: its text is sent to a thread.
 */
export const holdLoop = ({ channel, isStill, lineOf }: Asking): Promise<Held> =>
  new Promise((resolve) => {
    /** It takes 40 ms, and seconds on a machine that is very busy. Native code does not stop for anybody. */
    const withinMs = 5000
    /** Where stages are is near the top; a recursion may be as deep as the stack. */
    const mostFrames = 500
    const unknown: Executing = { unit: null, at: null, usedMs: 0 }
    const unheld = (): void => done({ ...unknown, said: false, isHeld: false })
    // A Node that was built without it.
    const inspector: typeof import("node:inspector") | undefined = process.getBuiltinModule("node:inspector")
    if (inspector === undefined) return resolve({ ...unknown, said: false, isHeld: false })
    const session = new inspector.Session()
    const urls = new Map<string, string>()
    const done = (held: Held): void => {
      clearTimeout(timer)
      session.disconnect()
      resolve(held)
    }
    const timer = setTimeout(unheld, withinMs)
    const ask = (question: object, answered: (answer: unknown) => void): void => {
      const publish = `process.getBuiltinModule("node:diagnostics_channel").channel(${JSON.stringify(channel)}).publish(q)`
      const expression = `(() => { const q = ${JSON.stringify(question)}; ${publish}; return JSON.stringify(q.answer ?? null) })()`
      session.post("Runtime.evaluate", { expression, returnByValue: true }, (_, reply) => {
        const value: unknown = reply?.result?.value
        answered(typeof value === "string" ? JSON.parse(value) : null)
      })
    }
    session.on("Debugger.scriptParsed", ({ params }) => urls.set(params.scriptId, params.url))
    session.on("Debugger.paused", ({ params }) => {
      const frames = params.callFrames.slice(0, mostFrames).flatMap(({ location }) => {
        const file = urls.get(location.scriptId) ?? ""
        return file.startsWith("file:") ? [{ file, line: location.lineNumber + 1, column: (location.columnNumber ?? 0) + 1 }] : []
      })
      const release = (held: Held): void => session.post("Debugger.resume", () => done(held))
      ask({ ask: "who", frames }, (answer) => {
        const held = { ...((answer as Executing | null) ?? unknown), isHeld: true }
        const line = isStill() ? lineOf(held) : undefined
        if (line === undefined) return release({ ...held, said: false })
        ask({ ask: "tell", line }, (said) => release({ ...held, said: said === true }))
      })
    })
    try {
      session.connectToMainThread()
      session.post("Debugger.enable")
      session.post("Debugger.pause")
    } catch {
      unheld()
    }
  })

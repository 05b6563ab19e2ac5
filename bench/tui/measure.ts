/**
 * The dashboard as it is shipped in a process of its own, on a terminal that takes everything at once.
 * `node bench/tui/measure.ts WHAT WIDTH HEIGHT` prints one line of JSON.
 */
import process from "node:process"
import { setTimeout as pause } from "node:timers/promises"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import type { Shell as TheShell } from "../../packages/tui/src/ink/Shell.tsx"
import type { Dashboard as TheDashboard } from "../../packages/tui/src/terminal/Dashboard.ts"
import type { aFlood } from "../../packages/tui/test/support/aFlood.ts"
import { someStreams } from "../../packages/tui/test/support/someStreams.ts"

const [what = "", width = "120", height = "36"] = process.argv.slice(2)
const size = { width: Number(width), height: Number(height) }
// React as it is shipped: its development build costs twice as much.
process.env["NODE_ENV"] = "production"
const { Dashboard, holdHeap, Shell } = (await import(new URL("../../packages/tui/dist/index.js", import.meta.url).href)) as {
  readonly Dashboard: typeof TheDashboard
  readonly holdHeap: () => void
  readonly Shell: typeof TheShell
}

let written = 0
let frames = 0
let seen: (() => void) | undefined
const ends = someStreams(size, (text) => {
  written += Buffer.byteLength(text)
  frames += 1
  seen?.()
})
const dashboard = new Dashboard({
  shell: new Shell({ streams: ends.streams, opening: "", left: () => undefined }),
  look: { color: true, unicode: true },
  slow: what === "slow",
  abilities: {
    verbs: new Set(),
    line: "tetra run",
    views: ["overview", "stages", "logs", "history"],
    readOnly: false,
    themes: []
  },
  history: new Map(),
  asked: () => undefined,
  signalled: () => undefined,
  failed: (error) => {
    throw error
  }
})
/** Resolves at the first frame written for which `holds` is true, with the time of that frame. */
const until = async (holds: () => boolean): Promise<number> =>
  await new Promise<number>((resolve) => {
    seen = () => {
      if (!holds()) return
      seen = undefined
      resolve(performance.now())
    }
  })
const at = (values: ReadonlyArray<number>, share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0
const busyMs = (since: NodeJS.CpuUsage): number => {
  const { system, user } = process.cpuUsage(since)
  return (system + user) / 1000
}
let flood: ReturnType<typeof aFlood> | undefined
const feed = (count: number): void => {
  for (const event of flood?.more(count) ?? []) dashboard.see(event)
}
/** A thousand events a second. */
const pour = (): (() => void) => {
  const timer = setInterval(() => feed(10), 10)
  return () => clearInterval(timer)
}
const begin = async (): Promise<void> => {
  const support = await import("../../packages/tui/test/support/aFlood.ts")
  flood = support.aFlood()
  for (const event of flood.begin) dashboard.see(event)
}

const atWork = async (): Promise<Readonly<Record<string, number>>> => {
  await begin()
  const stop = pour()
  await pause(3000)
  written = 0
  const before = process.cpuUsage()
  const began = performance.now()
  await pause(5000)
  const ms = performance.now() - began
  const percent = (busyMs(before) / ms) * 100
  stop()
  return { percent, kilobytesPerSecond: written / 1024 / (ms / 1000) }
}

const measures: Readonly<Record<string, () => Promise<Readonly<Record<string, number>>>>> = {
  /** From a new size to the whole frame of that size, with thirty stages at work. */
  resize: async () => {
    await begin()
    const stop = pour()
    const ms: Array<number> = []
    for (let n = 0; n < 12; n++) {
      await pause(150)
      const next = n % 2 === 0 ? { width: 100, height: 30 } : size
      const began = performance.now()
      const shown = until(() => dashboard.picture.length === next.height)
      ends.resize(next)
      ms.push((await shown) - began)
    }
    stop()
    return { p50: at(ms, 0.5) }
  },
  /**
   * From the moment at which a key is due to the frame that shows its view. A thousand events a second come in, and ten thousand more wait at every
   * key. `busyP95` is processor time from the key on, which other programs on the machine do not lengthen.
   */
  key: async () => {
    await begin()
    const stop = pour()
    const ms: Array<number> = []
    const busy: Array<number> = []
    for (let n = 0; n < 60; n++) {
      const [key, title] = n % 2 === 0 ? (["6", " History "] as const) : (["4", " Logs "] as const)
      feed(10_000)
      const due = performance.now() + (n % 7) * 9
      await pause(due - performance.now())
      const before = process.threadCpuUsage()
      const shown = until(() => dashboard.picture[1]?.includes(title) === true)
      ends.type(key)
      ms.push((await shown) - due)
      const { system, user } = process.threadCpuUsage(before)
      busy.push((system + user) / 1000)
      await pause(150)
    }
    stop()
    return { p50: at(ms, 0.5), p95: at(ms, 0.95), busyP50: at(busy, 0.5), busyP95: at(busy, 0.95) }
  },
  /** Nothing runs: no frame, no work. */
  idle: async () => {
    await pause(500)
    frames = 0
    const before = process.cpuUsage()
    const began = performance.now()
    await pause(5000)
    const ms = performance.now() - began
    return { framesPerMinute: (frames * 60_000) / ms, percent: (busyMs(before) / ms) * 100 }
  },
  /** Thirty stages and a thousand events a second: what the dashboard takes of a core, and sends to the terminal. */
  busy: async () => await atWork(),
  /** The same behind a slow line. */
  slow: async () => await atWork(),
  /** Memory over a million log lines, in a process that is attached to a server: what it takes at most, and what is still in use at the end and was not before. */
  memory: async () => {
    await begin()
    let most = 0
    const pourThousands = async (thousands: number): Promise<number> => {
      for (let n = 0; n < thousands; n++) {
        feed(1000)
        await pause(1)
        if (n % 20 === 19) most = Math.max(most, process.memoryUsage.rss())
      }
      written = 0
      return inUse()
    }
    const before = await pourThousands(200)
    const after = await pourThousands(800)
    return { most: most / mebibyte, growth: (after - before) / mebibyte }
  }
}
const mebibyte = 1024 * 1024
/** Bytes of the heap that something still refers to. */
const inUse = (): number => {
  setFlagsFromString("--expose-gc")
  const collect = runInNewContext("gc") as () => void
  collect()
  return process.memoryUsage().heapUsed
}
const measure = measures[what]
if (measure === undefined) throw new Error(`measure one of ${Object.keys(measures).join(", ")}`)
if (what === "memory") holdHeap()
dashboard.open()
const result = await measure()
dashboard.close()
console.log(JSON.stringify(result))
process.exit(0)

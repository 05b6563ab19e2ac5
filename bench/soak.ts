/**
 * `node bench/soak.ts [MINUTES]` (20 when it is left away): a daemon at work, and whether anything in it grows. Pipelines that are due every few seconds,
 * clients that follow all runs and lose their connection now and then, saves of the configuration, health and metrics asked for.
 */
import { setTimeout as sleep } from "node:timers/promises"
import { loadavg } from "node:os"
import process from "node:process"
import { aDaemon, type Daemon } from "./aDaemon.ts"

const minutes = Number(process.argv[2] ?? 20)
const followers = 20
const sampleMs = 10_000
const reloadMs = 60_000
const crons = ["*/2 * * * * *", "*/3 * * * * *", "*/5 * * * * *", "*/5 * * * * *", "*/7 * * * * *", "*/10 * * * * *"]
const others = [...crons.slice(0, 5), "*/20 * * * * *"]
const rules = `alerting:
  rules:
    - { name: Failure, condition: "pipeline_status == 'failed'", severity: high, channels: [console] }
    - { name: Slow, condition: "duration_minutes > 10", severity: low, channels: [console] }
`
interface Row {
  readonly minute: number
  readonly rssMB: number
  readonly heapMB: number
  readonly handles: number
  readonly fds: number
  readonly storeMB: number
  readonly runs: number
  readonly cpu: number
}
/** Follows all runs; its connection is cut after a random while, and it goes on where it was. */
const follow = async (daemon: Daemon, seed: number, isOver: () => boolean, heard: (frames: number) => void): Promise<void> => {
  let random = seed
  let last: string | undefined
  while (!isOver()) {
    random = (random * 48_271) % 2_147_483_647
    const stream = await daemon.open("/api/v1/events", last === undefined ? {} : { "last-event-id": last })
    const cut = setTimeout(() => stream.destroy(), 10_000 + (random % 50_000))
    try {
      for await (const chunk of stream) {
        const ids = [...String(chunk).matchAll(/^id: ?(\S+)$/gmu)]
        last = ids.at(-1)?.[1] ?? last
        heard(ids.length)
        if (isOver()) break
      }
    } catch {
      // Cut: it comes again.
    }
    clearTimeout(cut)
    stream.destroy()
    await sleep(200)
  }
}
const valueOf = (text: string, name: string): number =>
  text
    .split("\n")
    .filter((line) => line.startsWith(name))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0)

const sampled = async (daemon: Daemon): Promise<Omit<Row, "minute" | "cpu"> & { readonly cpuSeconds: number }> => {
  await daemon.get("/health")
  await daemon.collect()
  const text = await daemon.get("/metrics")
  const { cpuSeconds, fds, rssMB } = daemon.usage()
  return {
    rssMB,
    heapMB: valueOf(text, "tetra_process_heap_bytes") / 2 ** 20,
    handles: valueOf(text, "tetra_process_handles_active"),
    fds,
    storeMB: daemon.storeBytes() / 2 ** 20,
    runs: valueOf(text, "tetra_runs_total"),
    cpuSeconds
  }
}
const median = (values: ReadonlyArray<number>): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0
/** Least squares, an hour. */
const slopeAnHour = (rows: ReadonlyArray<Row>, of: (row: Row) => number): number => {
  const mean = (values: ReadonlyArray<number>) => values.reduce((sum, v) => sum + v, 0) / values.length
  const [x, y] = [mean(rows.map(({ minute }) => minute)), mean(rows.map(of))]
  const over = rows.reduce((sum, row) => sum + (row.minute - x) * (of(row) - y), 0)
  return (
    (60 * over) /
    Math.max(
      1,
      rows.reduce((sum, row) => sum + (row.minute - x) ** 2, 0)
    )
  )
}
/**
 * Between the second and the last third, as the first one fills caches: what a collection of garbage leaves, and what is open, must not grow beyond what
 * they vary by. There is a collection before each look: what a heap has between two of them tells how long the last one was ago.
 */
const verdicts = (
  rows: ReadonlyArray<Row>
): ReadonlyArray<{ readonly what: string; readonly text: string; readonly isWell: boolean }> => {
  const third = Math.floor(rows.length / 3)
  const [before, after] = [rows.slice(third, 2 * third), rows.slice(-third)]
  const judged = (what: string, of: (row: Row) => number, room: number, unit: string) => {
    const [a, b] = [median(before.map(of)), median(after.map(of))]
    const slope = slopeAnHour(rows.slice(third), of)
    const text = `${a.toFixed(1)} then ${b.toFixed(1)}${unit}, at most ${room.toFixed(1)} more is well (slope ${slope.toFixed(1)}${unit} an hour)`
    return { what, text, isWell: b - a <= room }
  }
  const rss = median(before.map(({ rssMB }) => rssMB))
  const heap = median(before.map(({ heapMB }) => heapMB))
  return [
    judged("memory", ({ rssMB }) => rssMB, 0.05 * rss, " MB"),
    judged("heap after a collection", ({ heapMB }) => heapMB, 0.05 * heap, " MB"),
    judged("handles", ({ handles }) => handles, 5, ""),
    judged("open files", ({ fds }) => fds, 3, "")
  ]
}
const headings = ["minute", "rss MB", "heap MB", "handles", "files", "store MB", "runs", "% of a core"]
const cellsOf = (row: Row): ReadonlyArray<string> => [
  String(row.minute),
  row.rssMB.toFixed(1),
  row.heapMB.toFixed(1),
  String(row.handles),
  String(row.fds),
  row.storeMB.toFixed(1),
  String(row.runs),
  row.cpu.toFixed(1)
]
const line = (cells: ReadonlyArray<string>): string => cells.map((cell, i) => cell.padStart(headings[i]!.length + 2)).join("")

const daemon = await aDaemon({ schedules: crons, more: rules, collects: true })
const began = performance.now()
let isOver = false
let frames = 0
const streams = Array.from({ length: followers }, (_, i) =>
  follow(
    daemon,
    i + 1,
    () => isOver,
    (n) => void (frames += n)
  )
)
let saves = 0
const saving = setInterval(() => daemon.save(++saves % 2 === 0 ? crons : others), reloadMs)
const rows: Array<Row> = []
console.log(`soak of ${minutes} minutes, load ${loadavg()[0]!.toFixed(1)}, seeds 1 to ${followers}`)
console.log(line(headings))
try {
  let cpuBefore = daemon.usage().cpuSeconds
  for (let minute = 1; minute <= minutes; minute++) {
    const samples: Array<Awaited<ReturnType<typeof sampled>>> = []
    while (performance.now() - began < minute * 60_000) {
      await sleep(sampleMs)
      samples.push(await sampled(daemon))
    }
    const last = samples.at(-1)!
    const row: Row = {
      ...last,
      minute,
      rssMB: median(samples.map(({ rssMB }) => rssMB)),
      heapMB: median(samples.map(({ heapMB }) => heapMB)),
      handles: median(samples.map(({ handles }) => handles)),
      cpu: (100 * (last.cpuSeconds - cpuBefore)) / 60
    }
    cpuBefore = last.cpuSeconds
    rows.push(row)
    console.log(line(cellsOf(row)))
  }
} finally {
  isOver = true
  clearInterval(saving)
  await daemon.stop()
  await Promise.allSettled(streams)
}
const all = verdicts(rows)
console.log(
  `\n${followers} clients heard ${frames} events, ${saves} saves of the configuration, load ${loadavg()[0]!.toFixed(1)}`
)
for (const { isWell, text, what } of all) console.log(`${isWell ? "well " : "GROWS"}  ${what}: ${text}`)
process.exitCode = all.every(({ isWell }) => isWell) ? 0 : 1

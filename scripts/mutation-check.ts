/**
 * Takes away every guard of the reducer and of the commit path in turn, and demands that a test notices. Nothing on disk is changed: each
 * guard has a vitest project of its own, which reads the file without it. Ends with 1 when a guard can go unnoticed.
 * `node scripts/mutation-check.ts [PATTERN]` takes the guards whose names fit; `--workers N` says how many run at a time (2).
 * With VERBOSE=1 it says which test misses which guard.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { parseArgs } from "node:util"
import type { Plugin } from "vite"
import { startVitest, type TestModule, type TestProjectInlineConfiguration } from "vitest/node"
import { defaultServerConditions } from "vite"
import { type Guard, listed, rules } from "../test/mutation/guards.ts"

const root = process.cwd()
const source = (file: string): string => join(root, "packages", "core", "src", file)
const occurrences = (text: string, part: string): ReadonlyArray<number> => {
  const found: Array<number> = []
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) found.push(at)
  return found
}
interface Mutant {
  readonly name: string
  readonly path: string
  readonly text: string
  readonly tests: ReadonlyArray<string>
  readonly only?: RegExp | undefined
}
const without = (path: string, text: string, at: number, length: number, to: string): Pick<Mutant, "path" | "text"> => ({
  path,
  text: text.slice(0, at) + to + text.slice(at + length)
})
/** Guards of the list that the source has no more as they were. */
const stale: Array<string> = []
const mutantOf = ({ file, from, guards, only, tests, to }: Guard): ReadonlyArray<Mutant> => {
  const path = source(file)
  const text = readFileSync(path, "utf8")
  const places = occurrences(text, from)
  if (places.length !== 1) {
    stale.push(`${guards}: ${JSON.stringify(from)} stands ${places.length} times in ${file}, not once. Bring the list up to date`)
    return []
  }
  return [{ name: guards, tests, only, ...without(path, text, places[0] ?? 0, from.length, to) }]
}
/** A call of `must` is a rule; its definition and its name in comments are not. */
const rulesOf = (): ReadonlyArray<Mutant> => {
  const path = source(rules.file)
  const text = readFileSync(path, "utf8")
  return occurrences(text, rules.from)
    .filter((at) => /[\s{]$/u.test(text.slice(0, at)))
    .map((at) => {
      const line = text.slice(0, at).split("\n").length
      const words = text
        .slice(at, at + 90)
        .split("\n", 2)
        .join(" ")
        .replaceAll(/\s+/gu, " ")
      return { name: `${rules.file}:${line} ${words}`, tests: rules.tests, ...without(path, text, at, 5, "Boolean(") }
    })
}
const replacing = ({ path, text }: Mutant): Plugin => ({
  name: "without-a-guard",
  enforce: "pre",
  load: (id) => (id.split("?")[0] === path ? text : undefined)
})
const conditions = ["tetra:source", ...defaultServerConditions]
const projectOf = (mutant: Mutant, i: number): TestProjectInlineConfiguration => ({
  root,
  plugins: [replacing(mutant)],
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name: `${i}`,
    include: mutant.tests.map((test) => `packages/core/test/${test}`),
    ...(mutant.only === undefined ? {} : { testNamePattern: mutant.only }),
    // Its key is the path of a file: every project would read what the first one made of it.
    fsModuleCache: false,
    testTimeout: 4_000,
    hookTimeout: 4_000,
    // A test that hangs without its guard is one that noticed.
    retry: 0
  }
})
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { workers: { type: "string", default: "2" } }
})
const asked = new RegExp(positionals[0] ?? "", "u")
const mutants = [...listed.flatMap(mutantOf), ...rulesOf()].filter(({ name }) => asked.test(name))
for (const text of stale) console.error(text)
if (mutants.length === 0) {
  console.error(`no guard's name fits ${asked}`)
  process.exit(1)
}
const noticed = new Map<string, string>()
const notice = (module: TestModule): void => {
  const failed = [...module.children.allTests("failed")]
  const name = module.project.name
  const why = failed[0]?.fullName ?? (module.state() === "failed" ? "the file does not load" : undefined)
  if (why !== undefined && !noticed.has(name)) noticed.set(name, why)
}
const began = performance.now()
const vitest = await startVitest(
  "test",
  [],
  {
    config: false,
    root,
    watch: false,
    pool: "threads",
    maxWorkers: Number(values.workers),
    reporters: [{ onTestModuleEnd: notice }],
    projects: mutants.map(projectOf)
  },
  {},
  { stdout: process.stdout }
)
await vitest.close()
const alive = mutants.filter((_, i) => !noticed.has(`${i}`))
if (process.env["VERBOSE"] !== undefined)
  for (const [i, { name }] of mutants.entries())
    console.log(`${noticed.has(`${i}`) ? "noticed" : "ALIVE  "} ${name} <- ${noticed.get(`${i}`) ?? "no test"}`)
for (const { name, tests } of alive) console.error(`goes unnoticed: ${name} (tests: ${tests.join(", ")})`)
const seconds = ((performance.now() - began) / 1000).toFixed(0)
console.log(`${mutants.length - alive.length} of ${mutants.length} guards are missed by a test when they are gone (${seconds} s)`)
process.exit(alive.length === 0 && stale.length === 0 ? 0 : 1)

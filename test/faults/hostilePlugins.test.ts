/** A plugin that misbehaves in each of its hooks, in a project of the real command line: the program lives, and says whose fault it is. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it, onTestFinished } from "vitest"
import { type Finished, start } from "../e2e/support/project.ts"

const here = dirname(fileURLToPath(import.meta.url))
const good = `import { defineAsset, definePipeline, definePlugin, defineStage, defineValue } from "@tetra/core"
import { Schema } from "effect"
const N = defineAsset("good_n", defineValue("good/N@1", Schema.Finite))
const work = defineStage({ id: "good/work", policy: { timeout: "2 seconds" }, outputs: { n: N }, run: () => ({ n: [1, 2].map((x) => x).length }) })
const late = defineStage({ id: "good/late", inputs: { n: N }, async run({ inputs, sleep }) { await sleep("300 millis"); if (inputs.n !== 2) throw new Error("broken") } })
export default definePlugin({ name: "good", version: "1.0.0", api: "^1.0", pipelines: { p: definePipeline({ name: "good_pipeline", stages: ({ use }) => ({ work: use(work), late: use(late) }) }) } })
`
const run = async (hostile: string): Promise<Finished> => {
  const dir = mkdtempSync(join(tmpdir(), "tetra-hostile-"))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }))
  copyFileSync(join(here, "support", "hostile.ts"), join(dir, "hostile.ts"))
  writeFileSync(join(dir, "good.ts"), good)
  writeFileSync(join(dir, "circular.mjs"), 'import { b } from "./other.mjs"\nexport const a = b + 1\n')
  writeFileSync(join(dir, "other.mjs"), 'import { a } from "./circular.mjs"\nexport const b = a + 1\n')
  const retry = "retry: { max_retries: 1, initial_delay: 0.01 }"
  writeFileSync(join(dir, "tetra.yaml"), `version: 1\nproject: hostile\nplugins: ["./good.ts", "./hostile.ts"]\n${retry}\n`)
  return await start(dir, ["run"], { HOSTILE: hostile }).done
}
/** Refused before anything runs: 2. What one pipeline fails by, the other does not feel: 1. */
const cases: ReadonlyArray<readonly [how: string, code: number, told: RegExp]> = [
  ["import", 2, /hostile\.ts:\d+:\d+: the plugin "\.\/hostile\.ts" cannot be imported: angry in import/u],
  ["import exits", 2, /"\.\/hostile\.ts" cannot be imported: it called process\.exit\(0\)/u],
  ["import goes away", 0, /"\.\/hostile\.ts" changed process\.cwd\(\) of the whole program/u],
  ["import prints", 0, /hostile_pipeline/u],
  [
    "import is circular",
    2,
    /"\.\/hostile\.ts" cannot be imported: Cannot access .* before initialization\s+two of its modules import each other/u
  ],
  ["version", 2, /hostile: was built for plugin API \^7\.0/u],
  ["duplicate", 2, /hostile: offers the pipeline "hostile_pipeline", and so does hostile/u],
  [
    "stages",
    2,
    /hostile\.ts:\d+:\d+: the pipeline "hostile_pipeline" cannot be built with its default parameters: angry in stages/u
  ],
  ["lazy part", 2, /hostile: an extension of it cannot be imported: angry in lazy part/u],
  ["services", 2, /hostile: its services cannot be made: angry in services/u],
  ["services die", 1, /the services of hostile could not be built: angry in the layer/u],
  ["services hang", 1, /the services of hostile could not be built: they were not there after 30 seconds/u],
  ["keys", 1, /hostile_pipeline\.works.*angry in keys/su],
  ["keys hang", 1, /hostile_pipeline\.works.*no answer after 2s/su],
  ["run", 1, /hostile_pipeline\.works.*angry in run/su],
  ["run exits", 1, /hostile_pipeline\.works.*process\.exit\(0\) was called/su],
  ["run hangs", 1, /hostile_pipeline\.works.*no answer after 2s/su],
  ["run pollutes", 0, /hostile_pipeline\.works \(plugin hostile\) changed Object\.prototype\.extra/u],
  ["run breaks arrays", 0, /hostile_pipeline\.works \(plugin hostile\) changed Array\.prototype\.map/u],
  ["run patches the console", 0, /hostile_pipeline\.works \(plugin hostile\) changed console\.log/u],
  ["run floods the log", 0, /hostile_pipeline/u],
  ["run prints", 0, /hostile_pipeline/u],
  ["run rejects later", 0, /hostile_pipeline.*angry later/su],
  ["once", 1, /hostile_pipeline\.works.*angry in once/su],
  ["fallback", 1, /hostile_pipeline\.works.*angry in fallback/su],
  ["fallback hangs", 1, /hostile_pipeline\.works.*no answer after 2s/su],
  ["wrap", 1, /good_pipeline\.work.*angry in wrap/su],
  ["wrap hangs", 1, /good_pipeline\.work.*no answer after 2s/su]
]
describe("a hostile plugin", () => {
  it.concurrent.each(cases)("%s: exit code %i, and its name is told", async (how, code, told) => {
    const ran = await run(how)
    const all = `${ran.stdout}\n${ran.stderr}`
    expect(ran.signal, all).toBe(null)
    expect(all, all.slice(-3000)).toMatch(told)
    expect(ran.code, all.slice(-3000)).toBe(code)
    expect(all).not.toMatch(/something went wrong that should not|^\s+at .*:\d+:\d+/mu)
    // What does not misbehave ends as if nobody did; what is refused never began.
    const other = how.startsWith("wrap") ? /hostile_pipeline +. completed/u : /good_pipeline +. completed/u
    expect(code === 2 || other.test(all), all.slice(-3000)).toBe(true)
  })
})

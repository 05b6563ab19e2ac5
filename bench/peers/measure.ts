/** Measures one subject in a process of its own: `node measure.ts NAME FOLDER DATABASE` prints one line of JSON. */
import { type Ready, steps } from "./Subject.ts"
import { subjects } from "./subjects.ts"

export interface Measured {
  readonly name: string
  readonly settings: string
  readonly chainMs: number
  readonly fanOutMs: number
}
const timed = async (work: Ready["chain"]): Promise<number> => {
  const began = performance.now()
  const results = await work()
  const ms = performance.now() - began
  if (results !== steps) throw new Error(`${results} of ${steps} results`)
  return ms
}
const [subject = "", folder = "", database = ""] = process.argv.slice(2)
const { name, open, settings } = await subjects[subject]!()
const ready = await open({ folder, database })
// The first round warms everybody up: code, connections, tables.
await timed(ready.chain)
await timed(ready.fanOut)
const measured: Measured = { name, settings, chainMs: await timed(ready.chain), fanOutMs: await timed(ready.fanOut) }
await ready.close()
process.stdout.write(`${JSON.stringify(measured)}\n`)
process.exit(0)

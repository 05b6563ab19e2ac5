import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Problem } from "@tetra/tui"
import { expect, it, onTestFinished } from "vitest"
import { typeCheck } from "../../src/reload/typeErrors.ts"

/** A project whose compiler does what is written for it. */
const aProject = () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "tetra-types-")))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const compiler = join(root, "node_modules", "typescript")
  mkdirSync(compiler, { recursive: true })
  writeFileSync(join(root, "package.json"), "{}")
  writeFileSync(join(root, "tsconfig.json"), "{}")
  writeFileSync(join(compiler, "package.json"), JSON.stringify({ name: "typescript", bin: { tsc: "tsc.cjs" } }))
  let heard: (texts: ReadonlyArray<string>) => void = () => undefined
  const check = typeCheck(root, (errors: ReadonlyArray<Problem>) => heard(errors.map(({ text }) => text)))
  /** What is told of a compiler that does this, or undefined when nothing is within a second. */
  const told = (does: string) => {
    writeFileSync(join(compiler, "tsc.cjs"), does)
    return new Promise<ReadonlyArray<string> | undefined>((resolve) => {
      heard = resolve
      check.start()
      setTimeout(() => resolve(undefined), 1_000)
    })
  }
  return { told }
}
it("is told when types have errors, and when they have none any more, not when the compiler did not get that far", async () => {
  const { told } = aProject()
  const wrong = "console.log('x.ts(3,7): error TS2322: a number is no text'); process.exitCode = 2"
  expect(await told(wrong)).toEqual([expect.stringMatching(/x\.ts:3:7: TS2322: a number is no text$/u)])
  expect(await told("process.kill(process.pid, 'SIGKILL')")).toBeUndefined()
  expect(await told("console.log('error TS5083: Cannot read file'); process.exitCode = 1")).toBeUndefined()
  expect(await told("")).toEqual([])
})

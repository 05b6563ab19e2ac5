/** Each mistake of `support/mistakes.ts` is refused by the compiler with a message of under ten lines that says what it is. */
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { installIn } from "../e2e/support/installed.ts"
import { aFolder } from "../e2e/support/project.ts"

const source = readFileSync(join(dirname(fileURLToPath(import.meta.url)), "support", "mistakes.ts"), "utf8")
const note = /^\s*\/\/ @ts-expect-error (.*)$/u

/** What the compiler says, by line of the file: a line for each message, with all that stands below it. */
const messagesOf = (folder: string): ReadonlyMap<number, string> => {
  const args = ["node_modules/typescript/bin/tsc", "--pretty", "false"]
  let said = ""
  try {
    execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8", stdio: "pipe" })
  } catch (error) {
    said = (error as { readonly stdout: string }).stdout
  }
  const found = new Map<number, string>()
  for (const message of said.trim().split(/\n(?=\S)/u)) {
    const line = Number(/^src\/mistakes\.ts\((\d+),/u.exec(message)?.[1] ?? 0)
    found.set(line, `${found.get(line) ?? ""}${message}`)
  }
  return found
}

it("are refused in under ten lines, and say what is wrong", async () => {
  const folder = aFolder()
  expect((await folder.tetra("plugins", "new", "wrong", "--dir", ".")).code).toBe(0)
  installIn(folder.dir)
  // What was expected stays as an empty line, so that the lines are those of the file.
  const lines = source.split("\n")
  folder.write("src/mistakes.ts", lines.map((line) => (note.test(line) ? "" : line)).join("\n"))
  const messages = messagesOf(folder.dir)
  const expected = lines.flatMap((line, i) => {
    const phrase = note.exec(line)?.[1]
    return phrase === undefined ? [] : [[i + 2, phrase] as const]
  })
  expect(expected.length).toBeGreaterThan(20)
  expect([...messages.keys()].toSorted((a, b) => a - b)).toEqual(expected.map(([line]) => line))
  for (const [line, phrase] of expected) {
    const message = messages.get(line) ?? ""
    expect.soft(message.replaceAll('\\"', '"'), `line ${line}`).toContain(phrase)
    expect.soft(message.split("\n").length, `line ${line}: ${message}`).toBeLessThan(10)
  }
})

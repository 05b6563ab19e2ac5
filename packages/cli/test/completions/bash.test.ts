import { spawnSync } from "node:child_process"
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import process from "node:process"
import { describe, expect, it, onTestFinished } from "vitest"
import { bash } from "../../src/completions/bash.ts"
import { commandWords } from "../../src/completions/CommandWords.ts"

const hasBash = spawnSync("bash", ["-c", "exit"]).error === undefined

/** What Tab answers behind `tetra run --mode`, where the project has these names; `ran`: a file that no name may make. */
const tab = (names: ReadonlyArray<string>, typed: string) => {
  const folder = mkdtempSync(join(tmpdir(), "tetra-bash-"))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, "names"), names.map((name) => `${name}\n`).join(""))
  writeFileSync(join(folder, "tetra"), `#!/bin/sh\ncat '${join(folder, "names")}'\n`)
  chmodSync(join(folder, "tetra"), 0o755)
  const ask = `${bash(commandWords())}\nCOMP_WORDS=(tetra run --mode '${typed}'); COMP_CWORD=3; _tetra; printf '%s\\n' "\${COMPREPLY[@]}"`
  const env = { ...process.env, PATH: [folder, process.env["PATH"]].join(delimiter) }
  const { stderr, stdout } = spawnSync("bash", ["-c", ask], { cwd: folder, env, encoding: "utf8" })
  expect(stderr).toBe("")
  return { offered: stdout.split("\n").filter((line) => line !== ""), hasRun: existsSync(join(folder, "ran")) }
}
describe.skipIf(!hasBash)("names of a project in bash", () => {
  it("are offered without the words about them", () =>
    expect(tab(["daily\tevery day", "data", "weekly"], "da").offered).toEqual(["daily", "data"]))
  it("are no program: neither behind Tab nor on the line", () => {
    const hostile = ["quake$(touch ran)", "quake`touch ran`", "quake${x:=$(touch ran)}", "quake; touch ran"]
    expect(tab(hostile, "quake")).toEqual({
      offered: [
        "quake\\$\\(touch\\ ran\\)",
        "quake\\`touch\\ ran\\`",
        "quake\\$\\{x:=\\$\\(touch\\ ran\\)\\}",
        "quake\\;\\ touch\\ ran"
      ],
      hasRun: false
    })
  })
})

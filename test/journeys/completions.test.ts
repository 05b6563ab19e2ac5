/** The completion scripts, sourced in the shells that exist here, with the real command line behind them. */
import { spawnSync } from "node:child_process"
import { chmodSync, existsSync } from "node:fs"
import { delimiter, join } from "node:path"
import process from "node:process"
import { describe, expect, it } from "vitest"
import { aProject, bin } from "../e2e/support/project.ts"

const has = (shell: string): boolean => spawnSync(shell, ["-c", "exit"]).error === undefined

/** What the shell answers to Tab behind a line. */
const asks: Readonly<Record<string, (script: string, line: string) => readonly [program: string, source: string]>> = {
  bash: (script, line) => {
    const words = line.split(" ").map((word) => `"${word}"`)
    return [
      "bash",
      `${script}\nCOMP_WORDS=(${words.join(" ")}); COMP_CWORD=${words.length - 1}; _tetra; printf '%s\\n' "\${COMPREPLY[@]}"`
    ]
  },
  zsh: (script, line) => {
    const typed = line.split(" ")
    const last = typed.at(-1) ?? ""
    const stubs = `compdef() { : }; _files() { : }; _describe() { print -rl -- \${(M)\${(P)2}:#${last}*} }`
    return ["zsh", `${stubs}\n${script}\nwords=(${typed.map((word) => `'${word}'`).join(" ")}); CURRENT=${typed.length}; _tetra`]
  },
  fish: (script, line) => ["fish", `${script}\ncomplete -C '${line}'`]
}
/** The project of the lab, where `tetra` is the real command line, and the Tab key of the shell there. */
const aShell = async (shell: string) => {
  const project = aProject()
  project.write("bin/tetra", `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`)
  chmodSync(join(project.dir, "bin", "tetra"), 0o755)
  const script = (await project.tetra("completions", shell)).stdout
  const env = { ...process.env, PATH: [join(project.dir, "bin"), process.env["PATH"]].join(delimiter), HOME: project.dir }
  const tab = (line: string): ReadonlyArray<string> => {
    const [program, source] = asks[shell]!(script, line)
    project.write("ask", source)
    const done = spawnSync(program, [...(shell === "zsh" ? ["-f"] : []), "ask"], { cwd: project.dir, env, encoding: "utf8" })
    expect(done.stderr).toBe("")
    return done.stdout
      .split("\n")
      .filter((word) => word !== "")
      .map((word) => word.split(/[\t:]/u)[0]!)
  }
  return { project, tab }
}
describe.each(["bash", "zsh", "fish"])("in %s", { timeout: 120_000 }, (shell) => {
  it.skipIf(!has(shell))("completes commands, flags and their values", async () => {
    const { tab } = await aShell(shell)
    expect(tab("tetra sch")).toEqual(["schedule"])
    expect(tab("tetra assets ex")).toEqual(["export"])
    expect(tab("tetra run --out")).toEqual(["--output"])
    expect(tab("tetra run --output j")).toEqual(["json"])
    expect(tab("tetra deploy sys")).toEqual(["systemd"])
    expect(tab("tetra completions fi")).toEqual(["fish"])
  })
  it.skipIf(!has(shell))("completes modes and pipelines of the project, with the configuration that is named", async () => {
    const { project, tab } = await aShell(shell)
    expect(tab("tetra run --mode qu")).toEqual(["quick"])
    expect(tab("tetra run -m da")).toEqual(["daily"])
    await project.tetra("run", "--mode", "quick", "--quiet")
    expect(tab("tetra run --pipeline la")).toEqual(["lab_pipeline"])
    expect(tab("tetra can-run la")).toEqual(["lab_pipeline"])
    project.write("other.yaml", "version: 1\nproject: other\nmodes: { quite_other: {} }\n")
    expect(tab("tetra run --config other.yaml --mode qu")).toEqual(["quite_other"])
  })
  it.skipIf(!has(shell))("completes runs and assets that are recorded", async () => {
    const { project, tab } = await aShell(shell)
    await project.tetra("run", "--mode", "quick", "--quiet")
    expect(tab("tetra show lat")).toEqual(["latest"])
    expect(tab("tetra show 2")).toEqual([expect.stringMatching(/^\d{8}T\d{9}-[0-9a-f]{6}$/u)])
    expect(tab("tetra run --resume lat")).toEqual(["latest"])
    expect(tab("tetra assets export lab_t")).toEqual(["lab_total"])
    expect(tab("tetra why l").toSorted()).toEqual(["lab_pipeline", "lab_samples", "lab_total", "latest"])
  })
})
describe("behind the scripts", () => {
  it("names what is always there, and says nothing, when the project is broken", async () => {
    const project = aProject("plugins: [\n")
    for (const kind of ["asset", "pipeline", "run"])
      expect(await project.tetra("completions", "--names", kind)).toMatchObject({ code: 0, stdout: "", stderr: "" })
    expect((await project.tetra("completions", "--names", "mode")).stdout).toBe("daily\nweekly\nfull\nbackfill\n")
  })
  it("runs no plugin for a Tab where nothing was ever run, and names what the configuration names", async () => {
    const project = aProject('version: 1\nproject: theirs\nplugins: ["./plugins/theirs.ts"]\npipelines: { named_here: {} }\n')
    project.write(
      "plugins/theirs.ts",
      `import { writeFileSync } from "node:fs"\nwriteFileSync(${JSON.stringify(join(project.dir, "it-ran"))}, "")\n`
    )
    expect((await project.tetra("completions", "--names", "pipeline")).stdout).toBe("named_here\n")
    expect(existsSync(join(project.dir, "it-ran"))).toBe(false)
  })
  it("wants to know the shell", async () => {
    const asked = await aProject().tetra("completions", "fishy")
    expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining("fish")])
  })
})

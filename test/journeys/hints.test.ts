/** What the command line says to type next can be typed where it says it. */
import { spawnSync } from "node:child_process"
import { mkdirSync, symlinkSync } from "node:fs"
import { delimiter, dirname, join } from "node:path"
import process from "node:process"
import { describe, expect, it } from "vitest"
import { aFolder, aProject, bin, start } from "../e2e/support/project.ts"

describe("hints", { timeout: 60_000 }, () => {
  it("say `npm run tetra --` where that started it, in help, refusals, summaries and next steps", async () => {
    const { dir } = aProject()
    const typed = (...args: ReadonlyArray<string>) => start(dir, args, { TETRA_COMMAND: "npm run tetra --" }).done
    expect((await typed("status")).stderr).toContain("start with `npm run tetra -- run`")
    expect((await typed("show", "--help")).stdout).toContain("$ npm run tetra -- show latest")
    const ran = await typed("run", "--names", "a,b")
    expect(ran.stdout).toMatch(/next +npm run tetra -- report --open; npm run tetra -- assets list/u)
    const json = await typed("show", "latest", "--json")
    expect(json.stdout).toContain('"detail": "tetra run --names a,b"')
    expect(json.stdout).not.toContain("npm run")
  })
  it("say npx for a package of a project, and tetra for what a shell finds", async () => {
    const { dir } = aFolder()
    const link = join(dir, "node_modules", ".bin", "tetra")
    const onPath = join(dir, "bin", "tetra")
    for (const path of [link, onPath]) {
      mkdirSync(dirname(path), { recursive: true })
      symlinkSync(bin, path)
    }
    const { TETRA_COMMAND: _, npm_config_user_agent: __, ...env } = process.env
    const said = (file: string, path: string) =>
      spawnSync(process.execPath, [file, "history"], { cwd: dir, encoding: "utf8", env: { ...env, PATH: path } }).stderr
    const system = dirname(process.execPath)
    expect(said(link, [dirname(link), system].join(delimiter))).toContain("start with `npx tetra run`")
    expect(said(onPath, [dirname(onPath), system].join(delimiter))).toContain("start with `tetra run`")
  })
})

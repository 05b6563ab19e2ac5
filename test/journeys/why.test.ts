import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { aFolder, aProject, labConfig } from "../e2e/support/project.ts"

describe("reasons", { timeout: 90_000 }, () => {
  it("name the field that changed in the run and afterwards, and an edited local plugin by its file", async () => {
    const { dir, tetra, write } = aProject()
    await tetra("run", "--names", "a,b")
    expect((await tetra("run", "--names", "a,b,c")).stderr).toContain("computed: config.names changed (+c)")
    expect((await tetra("show")).stdout).toMatch(/lab_pipeline\.measure .*computed: config\.names changed \(\+c\)/u)
    const lab = readFileSync(join(dir, "plugins", "lab.ts"), "utf8")
    write("plugins/lab.ts", lab.replace("progress(1, 3", "progress(2, 3"))
    expect((await tetra("run", "--names", "a,b,c")).stderr).toContain("computed: code of ./plugins/lab.ts changed")
    const why = await tetra("why", "measure")
    expect(why.stdout).toMatch(/^✔ lab_pipeline\.measure was computed: code of \.\/plugins\/lab\.ts changed/u)
    expect(JSON.parse((await tetra("why", "lab_total", "--json")).stdout)).toMatchObject({
      kind: "completed",
      children: [{ text: expect.stringMatching(/^lab_pipeline\.total in run /u) }]
    })
    const vague = await tetra("why", "lab_")
    expect([vague.code, vague.stderr]).toEqual([2, expect.stringContaining("lab_total (asset)")])
  })
  it("call a run whose process is gone interrupted, everywhere, and say how to go on", async () => {
    const { start, tetra } = aProject()
    const run = start("run", "--names", "slow", "--output", "json")
    await run.seen('"measuring"')
    run.child.kill("SIGKILL")
    await run.done
    const { stdout, stderr } = await tetra("history")
    expect(stdout).toMatch(/‖ interrupted/u)
    const id = /^\S+-[0-9a-f]{6}/mu.exec(stdout)?.[0] ?? ""
    expect(stderr).toContain(`tetra run --resume ${id}`)
    expect((await tetra("show")).stdout).toMatch(
      /was interrupted \(process \d+ is gone\)[^]*lab_pipeline\.measure +‖ interrupted/u
    )
    expect((await tetra("why", "latest")).stdout).toMatch(/^‖ run .* was interrupted/u)
    expect((await tetra("history", "--status", "running")).stdout).toBe("")
  })
})

describe("versions of the configuration", { timeout: 90_000 }, () => {
  it("are kept by runs, compared, and written back with their comments, leaving what was there in .bak", async () => {
    const first = `# mine\n${labConfig.replace("[a, b]", "[a]")}`
    const second = labConfig.replace("[a, b]", "[a, b, c]")
    const { dir, tetra, write } = aProject(first)
    await tetra("run", "--mode", "quick")
    write("tetra.yaml", second)
    await tetra("config", "validate")
    expect((await tetra("config", "versions")).stdout).toMatch(/2 +[0-9a-f]{12} .*modes\.quick\.lab_pipeline\.names \+b \+c/u)
    expect((await tetra("show")).stdout).toMatch(/configuration 1 \([0-9a-f]{12}\)/u)
    const diff = (await tetra("config", "diff", "1", "current")).stdout
    expect(diff).toContain("modes.quick.lab_pipeline.names: +b +c")
    expect(diff).toContain("the mode quick runs other pipelines, or with other parameters")
    const preview = await tetra("config", "rollback", "1")
    expect([preview.code, readFileSync(join(dir, "tetra.yaml"), "utf8")]).toEqual([0, second])
    const done = await tetra("config", "rollback", "1", "--yes")
    expect([done.code, done.stdout]).toEqual([0, expect.stringContaining("tetra config rollback 2 --yes")])
    expect(readFileSync(join(dir, "tetra.yaml"), "utf8")).toBe(first)
    expect(readFileSync(join(dir, "tetra.yaml.bak"), "utf8")).toBe(second)
  })
  it("are refused when their plugins are not there any more", async () => {
    const { dir, tetra, write } = aProject()
    write("plugins/more.ts", readFileSync(join(dir, "plugins", "lab.ts"), "utf8").replaceAll("lab", "more"))
    write("tetra.yaml", labConfig.replace('"./plugins/lab.ts"', '"./plugins/lab.ts", "./plugins/more.ts"'))
    await tetra("config", "validate")
    write("plugins/more.ts", "")
    write("tetra.yaml", labConfig)
    const { code, stderr } = await tetra("config", "rollback", "1", "--yes")
    expect([code, stderr]).toEqual([2, expect.stringContaining("nothing was written")])
    expect(stderr).toContain("./plugins/more.ts")
    expect(existsSync(join(dir, "tetra.yaml.bak"))).toBe(false)
  })
})

describe("wrong words", { timeout: 60_000 }, () => {
  it("are told in one style, with the nearest right one, before anything runs", async () => {
    const { tetra, write } = aFolder()
    write("sales.csv", "day,price\n2026-01-01,1\n")
    const told = async (...words: ReadonlyArray<string>) => {
      const { code, stderr } = await tetra(...words)
      return `${code} ${stderr.split("\n")[0]}`
    }
    expect(await told("history", "--limt", "3")).toBe("2 tetra: unknown option --limt. Did you mean --limit?")
    expect(await told("rnu")).toBe('2 tetra: unknown command "rnu". Did you mean run?')
    expect(await told("why")).toBe('2 tetra: missing required argument "name"')
    expect(await told("analyze", "sales.csv", "--target", "prise")).toBe(
      '2 tetra: sales.csv has no column "prise". Did you mean price?'
    )
  })
})

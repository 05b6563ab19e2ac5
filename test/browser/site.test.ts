/** The site of the documentation in a real browser, from files: the search finds, the light changes, nothing is logged. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { root } from "../../scripts/reference/pages.ts"
import { buildSite } from "../../scripts/site/build.ts"
import { aFolder } from "../e2e/support/project.ts"
import { openPage } from "./openPage.ts"

interface Said {
  readonly found: ReadonlyArray<string>
  readonly first: string
  readonly nothing: string
  readonly themes: ReadonlyArray<string | undefined>
  readonly wide: number
  readonly menu: boolean
}
/** Searches, looks for what is not there, changes the light, opens the navigation; what came of it is left on the body. */
const everything = `
  const by = (id) => document.getElementById(id)
  const wait = () => new Promise((resolve) => setTimeout(resolve, 300))
  const search = async (words) => {
    by("search").value = words
    by("search").dispatchEvent(new Event("input"))
    await wait()
    return [...by("found").children].map((one) => one.querySelector("a")?.getAttribute("href") ?? one.textContent)
  }
  const act = async () => {
    const found = await search("backfill window")
    const [first] = await search("tetra run")
    const [nothing] = await search("zzzzqq")
    const themes = [1, 2].map(() => (by("theme").click(), document.documentElement.dataset.theme))
    by("menu").click()
    const menu = by("navigation").classList.contains("open")
    document.body.dataset.said = JSON.stringify({ found, first, nothing, themes, wide: document.documentElement.scrollWidth, menu })
  }
  addEventListener("load", act)
`

describe("the site in Chromium", { timeout: 120_000 }, () => {
  it("searches, changes its light and fits a page of tables into the window", async () => {
    const { dir } = aFolder()
    buildSite(root, dir)
    const page = join(dir, "reference", "cli.html")
    writeFileSync(page, `${readFileSync(page, "utf8")}<script>{${everything}}</script>`)
    const opened = await openPage(page, { height: 900 })
    expect(opened.console).toEqual([])
    const said = JSON.parse(/data-said="([^"]*)"/u.exec(opened.dom)?.[1]?.replaceAll("&quot;", '"') ?? "{}") as Said
    expect(said.found).toContain("../reference/cli.html#tetra-backfill")
    expect(said.first).toBe("../reference/cli.html#tetra-run")
    expect(said.nothing).toBe("Nothing found")
    expect(said.themes).toEqual(["dark", "light"])
    expect([said.wide <= 1280, said.menu]).toEqual([true, true])
  })
})

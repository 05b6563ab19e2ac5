/** The pages that people open, in a real browser: what the scripts drew, and a silent console. */
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { aFolder } from "../e2e/support/project.ts"
import { access, accessOf } from "./access.ts"
import { openPage } from "./openPage.ts"

/** Pixels that the longest report needs. */
const wholePage = 16_000
const charts = (dom: string): number => dom.match(/<(canvas|svg)\b/g)?.length ?? 0

interface Said {
  readonly sorted: ReadonlyArray<number>
  readonly filtered: number
  readonly title: string
  readonly theme: string
  readonly details: number
  readonly tables: number
}
/** Sorts, filters, chooses a strategy, other axes and another light, and opens every table of numbers; what came of it is left on the body. */
const everything = `
  const by = (id) => document.getElementById(id)
  const rows = () => [...document.querySelectorAll("#ranking tr")]
  document.querySelector("th[data-sort=sharpe] button").click()
  const sorted = rows().map((row) => Number(row.children[5].textContent.replace("−", "-"))).filter((x) => !Number.isNaN(x))
  by("filter").value = "random entry"
  by("filter").dispatchEvent(new Event("input"))
  const filtered = rows().length
  rows()[0].querySelector("button").click()
  by("log").click()
  if (document.documentElement.dataset.theme === "light") by("theme").click()
  by("grid-of").value = "worst"
  by("grid-of").dispatchEvent(new Event("change"))
  by("grid-y").value = ""
  by("grid-y").dispatchEvent(new Event("change"))
  const details = [...document.querySelectorAll("details.data")].filter((one) => one.offsetParent !== null)
  for (const one of details) one.open = true
  setTimeout(() => {
    const tables = details.filter((one) => one.querySelector("table") !== null).length
    const theme = document.documentElement.dataset.theme
    document.body.dataset.said = JSON.stringify({ sorted, filtered, title: by("detail-title").textContent, theme, details: details.length, tables })
  }, 500)
`

describe("pages in Chromium", { timeout: 300_000 }, () => {
  it("the assessment reports draw their charts and log nothing, whatever is clicked", async () => {
    const project = aFolder()
    expect((await project.tetra("init", ".")).code).toBe(0)
    const ran = await project.tetra("run", "--mode", "full", "--quiet")
    expect(ran.code, ran.stderr).toBe(0)
    const [file = ""] = globSync(join(project.dir, ".tetra/reports/*/*/assessment.html"))
    const page = await openPage(file, { height: wholePage })
    expect(page.console).toEqual([])
    expect(charts(page.dom)).toBeGreaterThan(12)
    const drawn = ["qq", "excursions", "activity", "fan", "costs", "walk", "walk-curve", "logits"].filter((id) =>
      new RegExp(`id="${id}"[^>]*role="img" aria-label="[^"]{20,}"[^>]*><div[^>]*><svg`, "u").test(page.dom)
    )
    expect(drawn).toEqual(["qq", "excursions", "activity", "fan", "costs", "walk", "walk-curve", "logits"])

    const clicked = await openPage(file, { script: everything })
    expect(clicked.console).toEqual([])
    const said = JSON.parse(/data-said="([^"]*)"/u.exec(clicked.dom)?.[1]?.replaceAll("&quot;", '"') ?? "{}") as Said
    expect(said.sorted).toEqual(said.sorted.toSorted((a, b) => b - a))
    expect(said.filtered).toBe(1)
    expect(said.title).toBe("Random entry (null)")
    expect(said.theme).toBe("dark")
    expect(said.tables).toBe(said.details)

    const reached = await openPage(file, { script: access, height: wholePage })
    expect(reached.console).toEqual([])
    const { checked, ...wrong } = accessOf(reached.dom)
    expect(wrong).toEqual({ unreachable: [], faint: [], unprinted: [] })
    expect([checked.controls > 50, checked.texts > 1000, checked.charts > 10]).toEqual([true, true, true])

    const own = await openPage(globSync(join(project.dir, ".tetra/reports/*/*/strategy-02-*.html"))[0] ?? "")
    expect(own.console).toEqual([])
    expect(charts(own.dom)).toBeGreaterThan(0)
    expect(own.dom.includes("Against the benchmark")).toBe(true)
  })

  it("a report of a thousand strategies makes its rows as they are scrolled to", async () => {
    const project = aFolder()
    expect((await project.tetra("init", ".")).code).toBe(0)
    const ran = await project.tetra("run", "--mode", "full", "--quiet", "--strategies", "buy_and_hold,sma_cross")
    expect(ran.code, ran.stderr).toBe(0)
    const [file = ""] = globSync(join(project.dir, ".tetra/reports/*/*/assessment.html"))
    project.write(
      "many.html",
      readFileSync(file, "utf8").replace(/(id="model">)(.*?)(<\/script>)/su, (_, open, json: string, close) => {
        const model = JSON.parse(json) as { strategies: ReadonlyArray<object> }
        const strategies = Array.from({ length: 1000 }, (__, i) => ({
          ...model.strategies[i % 2],
          rank: i + 1,
          ...(i > 1 && { id: `s${i}` })
        }))
        return `${open}${JSON.stringify({ ...model, strategies }).replaceAll("<", "\\u003c")}${close}`
      })
    )
    const began = `document.body.dataset.said = document.querySelectorAll("#ranking tr").length
      document.querySelector("#ranking tr:nth-child(9) button").click()`
    const page = await openPage(join(project.dir, "many.html"), { script: began })
    expect(page.console).toEqual([])
    expect(Number(/data-said="(\d+)"/u.exec(page.dom)?.[1])).toBe(60)
    expect(page.dom.includes("1000 strategies")).toBe(true)
    expect(page.dom.includes("Its curves are left out")).toBe(true)
  })

  it("the analytics dashboard draws its charts and logs nothing, whatever the cells say", async () => {
    const project = aFolder()
    const rows = Array.from(
      { length: 200 },
      (_, i) => `${i % 7},${i % 3 === 0 ? "yes" : "no"},"</script><script>console.error('cell ${i % 5}')</script>"`
    )
    project.write("hostile.csv", ["size,bought,note", ...rows].join("\n"))
    const ran = await project.tetra("analyze", "hostile.csv", "--target", "bought")
    expect([0, 3]).toContain(ran.code)
    const [file] = globSync(join(project.dir, ".tetra/reports/*/*/dashboard.html"))
    expect(file, ran.stdout).toBeDefined()
    const page = await openPage(file!)
    expect(page.console).toEqual([])
    expect(page.dom).toContain("bought")
    expect(charts(page.dom)).toBeGreaterThan(0)
  })
})

/** Every link and anchor of the documentation leads somewhere, and every page is found from the index; so do those of the site that is made of it. */
import { existsSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, it } from "vitest"
import { anchorsOf, isElsewhere, linksOf } from "../../scripts/markdown/links.ts"
import { root } from "../../scripts/reference/pages.ts"
import { buildSite } from "../../scripts/site/build.ts"
import { filesBelow, home, meant, pagesOf } from "../../scripts/site/pages.ts"
import { aFolder } from "../e2e/support/project.ts"

const pages = [
  "README.md",
  "ARCHITECTURE.md",
  "CHANGELOG.md",
  ...filesBelow(root, "docs", ".md"),
  ...filesBelow(root, "examples", "README.md")
]
const read = (page: string): string => readFileSync(join(root, page), "utf8")
const known = new Map<string, ReadonlySet<string>>()
const anchorsIn = (page: string): ReadonlySet<string> => {
  const anchors = known.get(page) ?? anchorsOf(read(page))
  known.set(page, anchors)
  return anchors
}
const problem = (page: string, href: string): string | undefined => {
  const { anchor, path } = meant(root, page, href)
  if (!existsSync(join(root, path))) return `${page}: ${href} is not there`
  const isLost = anchor !== "" && path.endsWith(".md") && !anchorsIn(path).has(anchor)
  return isLost ? `${page}: ${href} has no such heading` : undefined
}

describe("the pages", () => {
  it("link to files and headings that are there", () => {
    const links = pages.flatMap((page) =>
      linksOf(read(page))
        .filter((href) => !isElsewhere(href))
        .map((href) => [page, href] as const)
    )
    expect(links.length).toBeGreaterThan(200)
    expect(links.flatMap(([page, href]) => problem(page, href) ?? [])).toEqual([])
  })
  it("are all found from docs/README.md", () => {
    const reached = new Set([...pagesOf(root).values()].map(({ source }) => source))
    expect(pages.filter((page) => !reached.has(page))).toEqual([])
  })
})

describe("the site", () => {
  it("has every page, and links only to what it has", () => {
    const { dir } = aFolder()
    const count = buildSite(root, join(dir, "site"))
    const files = filesBelow(dir, "site", ".html")
    expect(files).toHaveLength(count)
    const lost = files.flatMap((file) => {
      const html = readFileSync(join(dir, file), "utf8")
      const addresses = [...html.matchAll(/(?:href|src)="([^"]*)"/gu)].map(([, address]) => address!.replaceAll("&amp;", "&"))
      return addresses
        .filter((address) => !isElsewhere(address))
        .filter((address) => !leads(join(dir, file), html, address))
        .map((address) => `${file}: ${address}`)
    })
    expect(lost).toEqual([])
    const navigation = /<nav id="navigation"[\s\S]*?<\/nav>/u.exec(readFileSync(join(dir, "site", "index.html"), "utf8"))?.[0]
    expect(navigation).toContain("tetra dev")
    expect(navigation).not.toContain("`")
    const words = readFileSync(join(dir, "site", "search.js"), "utf8")
    expect(words).toContain('"reference/cli.html#tetra-run"')
    expect(pagesOf(root).get(home)?.target).toBe("index.html")
  })
})
const leads = (file: string, html: string, address: string): boolean => {
  const [path = "", anchor = ""] = decodeURI(address).split("#")
  const target = path === "" ? file : join(dirname(file), path)
  if (!existsSync(target)) return false
  return anchor === "" || (path === "" ? html : readFileSync(target, "utf8")).includes(`id="${anchor}"`)
}

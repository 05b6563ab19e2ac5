/** Which files are pages of the site, and how they hang together: docs/README.md says it. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { join, posix, relative, sep } from "node:path"
import { lexer, type Tokens } from "marked"
import { isElsewhere, linksOf, linkTokens, titleOf } from "../markdown/links.ts"

export interface Page {
  /** Path in the repository, with `/`. */
  readonly source: string
  /** Path in the site. */
  readonly target: string
  readonly title: string
  readonly text: string
}
/** A part of the navigation: `Learn`, and what stands below it, by the names that the index gives. */
export interface Section {
  readonly title: string
  readonly pages: ReadonlyArray<{ readonly page: Page; readonly name: string }>
}
export const home = "docs/README.md"

/** `docs/` is the root of the site; a README is the index of its folder, as on GitHub. */
const targetOf = (source: string): string => {
  if (source === "README.md") return "first-steps.html"
  const inSite = source.replace(/^docs\//u, "").replace(/\.md$/u, ".html")
  return source.startsWith("examples/") || inSite === "README.html"
    ? inSite.replace(/README\.html$/u, "index.html")
    : inSite.replace(/[A-Z]+/gu, (word) => word.toLowerCase())
}
const aPage = (source: string, text: string): Page => ({ source, target: targetOf(source), title: titleOf(text), text })

/** The file that a link of a page means, as a path in the repository; a folder means its README, where it has one. */
export const meant = (root: string, page: string, href: string): { readonly path: string; readonly anchor: string } => {
  const [file = "", anchor = ""] = decodeURI(href).split("#")
  const path = file === "" ? page : posix.normalize(posix.join(posix.dirname(page), file)).replace(/\/$/u, "")
  const inside = join(root, path)
  const isFolder = existsSync(inside) && statSync(inside).isDirectory()
  return { path: isFolder && existsSync(join(inside, "README.md")) ? `${path}/README.md` : path, anchor }
}
/** A folder of pages without a README, such as the decisions: a list of them. */
const listOf = (root: string, folder: string): Page => {
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith(".md"))
  const lines = names.toSorted().map((name) => `- [${titleOf(readFileSync(join(root, folder, name), "utf8"))}](${name})`)
  const title = posix.basename(folder)
  const text = [`# ${title[0]!.toUpperCase()}${title.slice(1)}`, lines.join("\n")].join("\n\n")
  return { ...aPage(`${folder}/README.md`, text), target: `${folder.replace(/^docs\//u, "")}/index.html` }
}

/** Every page that can be reached from the index, in the order in which it is met. */
export const pagesOf = (root: string): ReadonlyMap<string, Page> => {
  const pages = new Map<string, Page>()
  const open = [home]
  for (let source = open.shift(); source !== undefined; source = open.shift()) {
    if (pages.has(source)) continue
    const file = join(root, source)
    const isList = !source.endsWith(".md") && existsSync(file) && statSync(file).isDirectory()
    const page = isList ? listOf(root, source) : aPage(source, readFileSync(file, "utf8"))
    pages.set(source, page)
    const from = isList ? page.source : source
    for (const href of linksOf(page.text)) {
      if (isElsewhere(href)) continue
      const { path } = meant(root, from, href)
      const isPage = path.endsWith(".md")
        ? existsSync(join(root, path))
        : /^docs\/\w+$/u.test(path) && existsSync(join(root, path))
      if (isPage && isOurs(path)) open.push(path)
    }
  }
  return pages
}
const isOurs = (path: string): boolean => /^(?:docs\/|examples\/|[A-Z]+\.md$)/u.test(path)

/** The navigation: each heading of the index with the pages that its list links to, each page once. */
export const sectionsOf = (root: string, pages: ReadonlyMap<string, Page>): ReadonlyArray<Section> => {
  const taken = new Set<string>([home])
  const entryOf = ({ href, text }: Tokens.Link | Tokens.Image): Section["pages"] => {
    const { path } = meant(root, home, href)
    const page = pages.get(path)
    if (page === undefined || taken.has(path)) return []
    taken.add(path)
    // "every key" says enough beside another link only.
    return [{ page, name: /^[\p{Lu}\d]/u.test(text) ? text.replaceAll("`", "") : page.title }]
  }
  const sections: Array<Section> = []
  for (const token of lexer(pages.get(home)!.text)) {
    if (token.type === "heading" && (token as Tokens.Heading).depth === 2)
      sections.push({ title: (token as Tokens.Heading).text, pages: [] })
    const last = sections.pop()
    if (last !== undefined)
      sections.push(token.type === "list" ? { ...last, pages: [...last.pages, ...linkTokens(token.raw).flatMap(entryOf)] } : last)
  }
  return sections
}
/** All files below a folder, as paths in the repository. */
export const filesBelow = (root: string, folder: string, ending: string): ReadonlyArray<string> =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending) && !entry.parentPath.includes("node_modules"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .toSorted()

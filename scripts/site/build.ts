/** The documentation as a folder of pages that need no server. */
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join, posix } from "node:path"
import { between, frame } from "./layout.ts"
import { home, meant, type Page, pagesOf, sectionsOf } from "./pages.ts"
import { type Meant, render } from "./render.ts"
import { entriesOf } from "./searchIndex.ts"

const here = import.meta.dirname
/** A file that a page shows or links to and that is no page: it keeps its path. */
const targetOfFile = (path: string): string => path.replace(/^docs\//u, "")

/** Writes the site of the repository at `root` into `folder`, which it empties first; answers how many pages it has. */
export const buildSite = (root: string, folder: string): number => {
  const pages = pagesOf(root)
  const sections = sectionsOf(root, pages)
  const files = new Set<string>()
  const meantBy =
    (page: Page) =>
    (href: string): Meant => {
      const { anchor, path } = meant(root, page.source, href)
      const isFile = !pages.has(path) && existsSync(join(root, path)) && posix.extname(path) !== ""
      if (isFile) files.add(path)
      const target = pages.get(path)?.target ?? targetOfFile(path)
      const hash = anchor === "" ? "" : `#${anchor}`
      const address = path === page.source ? hash : `${between(page, target)}${hash}`
      return { address, title: pages.get(path)?.title }
    }
  rmSync(folder, { recursive: true, force: true })
  const write = (target: string, text: string): void => {
    mkdirSync(dirname(join(folder, target)), { recursive: true })
    writeFileSync(join(folder, target), text)
  }
  for (const page of pages.values()) {
    const framed = { page, sections, home: pages.get(home)! }
    write(page.target, frame(framed, render(page.text, meantBy(page))))
  }
  for (const path of files) cpSync(join(root, path), join(folder, targetOfFile(path)))
  for (const name of ["style.css", "client.js"]) cpSync(join(here, name), join(folder, name))
  write("search.js", `window.tetraSearch = ${JSON.stringify([...pages.values()].flatMap(entriesOf))}\n`)
  return pages.size
}

/** The frame of every page: navigation, search, the contents of the page, what comes before and after. */
import { posix } from "node:path"
import { escape } from "./highlight.ts"
import type { Page, Section } from "./pages.ts"
import type { Heading, Rendered } from "./render.ts"

export interface Framed {
  readonly page: Page
  readonly sections: ReadonlyArray<Section>
  readonly home: Page
}
/** From one page of the site to another. */
export const between = (from: Page, target: string): string => posix.relative(posix.dirname(from.target), target)

const navigation = ({ page, sections, home }: Framed): string => {
  const link = ({ name, page: one }: Section["pages"][number]): string => {
    const isHere = one === page
    return `<li><a href="${between(page, one.target)}"${isHere ? ' aria-current="page"' : ""}>${escape(name)}</a></li>`
  }
  const parts = sections.map(({ title, pages }) => `<h2>${escape(title)}</h2><ul>${pages.map(link).join("")}</ul>`)
  return `<ul>${link({ page: home, name: "All pages" })}</ul>${parts.join("")}`
}
/** The larger parts; a page of a hundred names shows its doors only. */
const contents = (headings: ReadonlyArray<Heading>): string => {
  const parts = headings.filter(({ depth }) => depth === 2 || depth === 3)
  const shown = parts.length > 60 ? parts.filter(({ depth }) => depth === 2) : parts
  if (shown.length < 2) return ""
  const lines = shown.map(({ anchor, depth, text }) => `<li class="depth${depth}"><a href="#${anchor}">${escape(text)}</a></li>`)
  return `<aside class="contents" aria-label="On this page"><h2>On this page</h2><ul>${lines.join("")}</ul></aside>`
}
const neighbours = ({ page, sections }: Framed): string => {
  const all = sections.flatMap(({ pages }) => pages)
  const at = all.findIndex((one) => one.page === page)
  const [before, after] = at < 0 ? [] : [all[at - 1], all[at + 1]]
  const link = (one: Section["pages"][number] | undefined, words: string, side: string): string =>
    one === undefined
      ? "<span></span>"
      : `<a class="${side}" href="${between(page, one.page.target)}"><small>${words}</small>${escape(one.name)}</a>`
  return before === undefined && after === undefined
    ? ""
    : `<nav class="neighbours" aria-label="Pages before and after">${link(before, "before", "before")}${link(after, "next", "after")}</nav>`
}
/** Set before anything is painted, so that a dark page never flashes. */
const chosenLight = `try{const t=localStorage.getItem("tetra-theme");if(t)document.documentElement.dataset.theme=t}catch{}`

export const frame = (framed: Framed, { headings, html }: Rendered): string => {
  const { page, home } = framed
  const up = between(page, "").replace(/\/?$/u, "/").replace(/^\/$/u, "")
  const title = page === home ? "Tetra" : `${page.title} · Tetra`
  return `<!doctype html>
<html lang="en" data-root="${up}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)}</title>
<link rel="stylesheet" href="${up}style.css">
<script>${chosenLight}</script>
</head>
<body>
<a class="skip" href="#main">To the text</a>
<header>
<button id="menu" aria-expanded="false" aria-controls="navigation" aria-label="Navigation">☰</button>
<a class="home" href="${between(page, home.target)}">Tetra</a>
<div class="search" role="search">
<input id="search" type="search" placeholder="Search ( / )" aria-label="Search" autocomplete="off" role="combobox" aria-expanded="false" aria-controls="found">
<ol id="found" role="listbox" aria-label="Found" hidden></ol>
</div>
<button id="theme" aria-label="Light or dark">◐</button>
</header>
<nav id="navigation" aria-label="Pages">${navigation(framed)}</nav>
<main id="main">
${html}${neighbours(framed)}
</main>
${contents(headings)}
<script src="${up}client.js" defer></script>
</body>
</html>
`
}

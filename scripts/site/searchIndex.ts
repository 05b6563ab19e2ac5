/** What the search looks through: each part of each page, cut to what tells it apart. */
import { lexer, type Token, type Tokens } from "marked"
import { anchors } from "../markdown/anchors.ts"
import type { Page } from "./pages.ts"

/** One part of a page, from a heading to the next: title of the page, heading, address, words. */
export type Entry = readonly [title: string, heading: string, address: string, words: string]

/** Of a part: the rest of a long one says little that its beginning does not. */
const longestPart = 1500
const wordsOf = (token: Token): string => {
  if (token.type === "table") {
    const { header, rows } = token as Tokens.Table
    return [header, ...rows].map((cells) => cells.map(({ text }) => text).join(" ")).join(" ")
  }
  return token.type === "html" ? "" : "text" in token && typeof token.text === "string" ? token.text : token.raw
}
const plain = (text: string): string =>
  text
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/gu, "$1")
    .replaceAll(/[`*|]|\s+/gu, " ")
    .trim()

export const entriesOf = (page: Page): ReadonlyArray<Entry> => {
  const anchorOf = anchors()
  const parts: Array<{ readonly heading: string; readonly address: string; words: string }> = []
  for (const token of lexer(page.text)) {
    if (token.type === "heading") {
      const { depth, text } = token as Tokens.Heading
      const anchor = anchorOf(text)
      parts.push({
        heading: depth === 1 ? "" : plain(text),
        address: depth === 1 ? page.target : `${page.target}#${anchor}`,
        words: ""
      })
    } else if (parts.length > 0 && token.type !== "space") parts.at(-1)!.words += ` ${wordsOf(token)}`
  }
  return parts.map(({ address, heading, words }) => [page.title, heading, address, plain(words).slice(0, longestPart)])
}

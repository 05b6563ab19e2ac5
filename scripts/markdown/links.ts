/** What a page of Markdown links to, and what can be linked to in it. */
import { lexer, type Token, type Tokens, walkTokens } from "marked"
import { anchors } from "./anchors.ts"

const isLink = (token: Token): token is Tokens.Link | Tokens.Image => token.type === "link" || token.type === "image"
export const isElsewhere = (href: string): boolean => /^[a-z][a-z+.-]*:/iu.test(href)

/** Links and pictures, in order. */
export const linkTokens = (text: string): ReadonlyArray<Tokens.Link | Tokens.Image> => {
  const found: Array<Tokens.Link | Tokens.Image> = []
  void walkTokens(lexer(text), (token) => {
    if (isLink(token)) found.push(token)
  })
  return found
}
/** Every address, of links and pictures, in order. */
export const linksOf = (text: string): ReadonlyArray<string> => linkTokens(text).map(({ href }) => href)
/** Anchors of its headings. */
export const anchorsOf = (text: string): ReadonlySet<string> => {
  const anchorOf = anchors()
  return new Set(lexer(text).flatMap((token) => (token.type === "heading" ? [anchorOf((token as Tokens.Heading).text)] : [])))
}
export const titleOf = (text: string): string => {
  const heading = lexer(text).find((token): token is Tokens.Heading => token.type === "heading")
  return heading?.text.replaceAll("`", "") ?? ""
}

/** One page of Markdown as HTML, with anchors and with addresses of the site. */
import { Marked, type Tokens } from "marked"
import { anchors } from "../markdown/anchors.ts"
import { isElsewhere } from "../markdown/links.ts"
import { escape, highlight } from "./highlight.ts"

/** Letters of code that stay on one line. */
const longestWord = 28

export interface Heading {
  readonly depth: number
  readonly text: string
  readonly anchor: string
}
export interface Rendered {
  readonly html: string
  readonly headings: ReadonlyArray<Heading>
}

/** What a link means in the site: its address, and the title of the page that it is. */
export interface Meant {
  readonly address: string
  readonly title: string | undefined
}

export const render = (text: string, meantBy: (href: string) => Meant): Rendered => {
  const anchorOf = anchors()
  const headings: Array<Heading> = []
  const marked = new Marked({
    renderer: {
      heading({ depth, text: raw, tokens }: Tokens.Heading) {
        const anchor = anchorOf(raw)
        headings.push({ depth, text: raw.replaceAll("`", ""), anchor })
        const link = depth === 1 ? "" : ` <a class="anchor" href="#${anchor}" aria-label="Link to this part">#</a>`
        return `<h${depth} id="${anchor}">${this.parser.parseInline(tokens)}${link}</h${depth}>\n`
      },
      link({ href, text: said, tokens }: Tokens.Link) {
        const words = this.parser.parseInline(tokens)
        if (isElsewhere(href)) return `<a href="${escape(href)}" rel="noopener">${words}</a>`
        const { address, title } = meantBy(href)
        // In the site nobody looks for files.
        return `<a href="${escape(address)}">${title !== undefined && said.endsWith(".md") ? escape(title) : words}</a>`
      },
      image({ href, text: words }: Tokens.Image) {
        return `<img src="${escape(isElsewhere(href) ? href : meantBy(href).address)}" alt="${escape(words)}" loading="lazy">`
      },
      code({ text: code, lang = "" }: Tokens.Code) {
        return `<div class="code"><pre tabindex="0"><code>${highlight(code, lang)}</code></pre></div>\n`
      },
      // `--local` is one word, whatever a line says.
      codespan({ text: code }: Tokens.Codespan) {
        return `<code${code.length <= longestWord ? ' class="short"' : ""}>${escape(code)}</code>`
      },
      table(token: Tokens.Table) {
        const row = (cells: ReadonlyArray<Tokens.TableCell>, tag: string): string =>
          `<tr>${cells.map((one) => `<${tag}>${this.parser.parseInline(one.tokens)}</${tag}>`).join("")}</tr>`
        const body = token.rows.map((cells) => row(cells, "td")).join("\n")
        return `<div class="table" tabindex="0"><table><thead>${row(token.header, "th")}</thead><tbody>${body}</tbody></table></div>\n`
      },
      // Comments for those who edit the page.
      html: ({ text: raw }: Tokens.HTML | Tokens.Tag) => (raw.trimStart().startsWith("<!--") ? "" : escape(raw))
    }
  })
  const html = marked.parse(text, { async: false })
  return { html, headings }
}

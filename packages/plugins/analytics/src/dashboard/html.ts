/** Markup that is safe to put into the document. Only `html` and `raw` make it. */
export interface Html {
  readonly markup: string
}
type Part = Html | string | number | undefined | false | ReadonlyArray<Html>

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" }
const escaped = (text: string) => text.replace(/[&<>"']/g, (c) => entities[c]!)
const isMarkup = (part: Part): part is Html => typeof part === "object" && "markup" in part

const markupOf = (part: Part): string =>
  part === undefined || part === false
    ? ""
    : isMarkup(part)
      ? part.markup
      : typeof part === "object"
        ? part.map((p) => p.markup).join("")
        : escaped(String(part))

/** A template whose interpolated texts are escaped; other markup and lists of it go in as they are. */
export const html = (strings: TemplateStringsArray, ...parts: ReadonlyArray<Part>): Html => ({
  markup: String.raw({ raw: strings.map((s) => s.replaceAll(/\s*\n\s*/g, "\n")) }, ...parts.map(markupOf))
})
/** Our own constant text (styles, scripts): never data. */
export const raw = (markup: string): Html => ({ markup })
/** JSON for a `script` element: no `<`, so no text in it can end the element or open a comment. */
export const json = (value: unknown): Html =>
  raw(JSON.stringify(value).replace(/[<\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`))

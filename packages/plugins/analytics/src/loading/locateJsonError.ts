const literalToken =
  // oxlint-disable-next-line no-control-regex -- the very characters that RFC 8259 forbids in strings
  /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y
const blank = /[ \t\n\r]*/y

type Expecting = "value" | "value or ]" | "key" | "key or }" | "colon" | "comma" | "end"

/**
 * Offset of the first character that cannot continue a JSON text (RFC 8259), or undefined when it is well formed. The engine's
 * own message gives a place for some mistakes only.
 */
export const locateJsonError = (text: string): number | undefined => {
  const open: Array<"{" | "["> = []
  let expecting: Expecting = "value"
  const closed = (): Expecting => (open.length === 0 ? "end" : "comma")
  for (let at = 0; ;) {
    blank.lastIndex = at
    at += blank.exec(text)![0].length
    if (at >= text.length) return expecting === "end" ? undefined : at
    const c = text[at]!
    const inner = open.at(-1)
    literalToken.lastIndex = at
    const token = literalToken.exec(text)?.[0]
    if (expecting === "colon" && c === ":") expecting = "value"
    else if (expecting === "comma" && c === ",") expecting = inner === "{" ? "key" : "value"
    else if (c === "}" && inner === "{" && (expecting === "comma" || expecting === "key or }")) {
      open.pop()
      expecting = closed()
    } else if (c === "]" && inner === "[" && (expecting === "comma" || expecting === "value or ]")) {
      open.pop()
      expecting = closed()
    } else if (expecting.startsWith("key") && token?.startsWith('"') === true) {
      at += token.length
      expecting = "colon"
      continue
    } else if (expecting.startsWith("value") && (c === "{" || c === "[")) {
      open.push(c)
      expecting = c === "{" ? "key or }" : "value or ]"
    } else if (expecting.startsWith("value") && token !== undefined) {
      at += token.length
      expecting = closed()
      continue
    } else return at
    at++
  }
}

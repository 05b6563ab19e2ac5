type Version = readonly [major: number, minor: number, patch: number]
const parts = (text: string): { readonly version: Version; readonly given: number } | undefined => {
  const match = /^v?(\d+)(?:\.(\d+|x|\*))?(?:\.(\d+|x|\*))?(?:[-+].*)?$/u.exec(text.trim())
  if (match === null) return undefined
  const numbers = match.slice(1, 4).map(Number)
  const given = numbers.findIndex((n) => Number.isNaN(n))
  return { version: numbers.map((n) => n || 0) as unknown as Version, given: given === -1 ? 3 : given }
}
const compare = (a: Version, b: Version): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]
/** How many leading numbers a caret keeps: up to the first that is not zero. */
const caret = ([major, minor]: Version): number => (major > 0 ? 1 : minor > 0 ? 2 : 3)

const fitsOne = (range: string, version: Version): boolean | undefined => {
  if (range === "*" || range === "" || range === "x") return true
  const [, sign = "", rest = ""] = /^(\^|~|>=|<=|>|<|=)?\s*(.*)$/u.exec(range) ?? []
  const wanted = parts(rest)
  if (wanted === undefined) return undefined
  const order = compare(version, wanted.version)
  const agrees = (count: number) => wanted.version.slice(0, count).every((n, i) => n === version[i])
  switch (sign) {
    case ">=":
      return order >= 0
    case ">":
      return order > 0
    case "<=":
      return order <= 0
    case "<":
      return order < 0
    case "^":
      return order >= 0 && agrees(Math.min(caret(wanted.version), wanted.given))
    case "~":
      return order >= 0 && agrees(Math.min(2, wanted.given))
    default:
      return agrees(wanted.given)
  }
}
/** Whether a version is in an npm range (`^1.2`, `~1.2.3`, `>=1 <3`, `1.x || 2.x`); undefined for a range of another form (`workspace:*`, a tag, an address). */
export const isFitting = (range: string, version: string): boolean | undefined => {
  const asked = parts(version)?.version
  if (asked === undefined) return undefined
  const choices = range.split("||").map((choice) => {
    const all = choice
      .trim()
      .replaceAll(/(>=|<=|>|<|\^|~|=)\s+/gu, "$1")
      .split(/\s+/u)
      .map((one) => fitsOne(one, asked))
    return all.includes(undefined) ? undefined : all.every((fits) => fits === true)
  })
  return choices.includes(true) ? true : choices.includes(undefined) ? undefined : false
}

/** Addresses of headings, as GitHub gives them. */

/** Gives each heading of one page its anchor; one that is there already gets a number. */
export const anchors = (): ((heading: string) => string) => {
  const seen = new Map<string, number>()
  return (heading) => {
    const plain = heading
      .replaceAll(/[`*]|\[([^\]]*)\]\([^)]*\)/gu, "$1")
      .trim()
      .toLowerCase()
    const anchor = plain.replaceAll(/[^\p{L}\p{N}_\- ]/gu, "").replaceAll(" ", "-")
    const times = seen.get(anchor) ?? 0
    seen.set(anchor, times + 1)
    return times === 0 ? anchor : `${anchor}-${times}`
  }
}

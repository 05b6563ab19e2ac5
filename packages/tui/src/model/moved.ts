export const clamp = (n: number, least: number, most: number): number => Math.max(least, Math.min(most, n))

/** Where the cursor goes in a list: `at` is -1 when there is none yet. */
export const moved = (at: number, length: number, by: "row" | "half" | "all", to: 1 | -1, page: number): number => {
  if (by === "all") return to === 1 ? length - 1 : 0
  if (at === -1) return to === 1 ? 0 : length - 1
  return clamp(at + to * (by === "row" ? 1 : Math.max(1, Math.floor(page / 2))), 0, Math.max(0, length - 1))
}

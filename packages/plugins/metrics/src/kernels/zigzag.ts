/** Straight lines between the turns of a series. Repaints: a turn is known only when prices have gone `percent` the other way. */

/**
 * The line through the turning points of highs and lows that lie at least `percent` apart; from the last turn it goes to the extreme since, and on to the
 * last bar's middle. The first point is the first bar's middle.
 */
export const zigzag = (high: Float64Array, low: Float64Array, percent: number, out: Float64Array): void => {
  const rows = out.length
  if (rows === 0) return
  const share = 1 + percent / 100
  let way = 0
  let top = 0
  let bottom = 0
  let from = 0
  out[0] = (high[0]! + low[0]!) / 2
  /** The leg to bar `to` is settled. */
  const draw = (to: number, price: number): void => {
    const start = out[from]!
    for (let i = from + 1; i <= to; i++) out[i] = start + ((price - start) * (i - from)) / (to - from)
    from = to
  }
  for (let i = 1; i < rows; i++) {
    if (high[i]! > high[top]!) top = i
    if (low[i]! < low[bottom]!) bottom = i
    if (way >= 0 && low[i]! * share <= high[top]!) {
      draw(top, high[top]!)
      way = -1
      bottom = i
    } else if (way <= 0 && high[i]! >= low[bottom]! * share) {
      draw(bottom, low[bottom]!)
      way = 1
      top = i
    } else continue
    // Extremes of the new leg are looked for from here on.
    if (way < 0) top = i
    else bottom = i
  }
  if (way > 0 && top > from) draw(top, high[top]!)
  if (way < 0 && bottom > from) draw(bottom, low[bottom]!)
  if (from < rows - 1) draw(rows - 1, (high[rows - 1]! + low[rows - 1]!) / 2)
}

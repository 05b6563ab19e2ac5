/** A number with 3 significant digits, thousands separated, very large and very small ones in scientific notation. */
export const figure = (value: number): string => {
  if (value === 0) return "0"
  if (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e15) return value.toExponential(2).replace("e+", "e")
  const rounded = Number(
    value.toPrecision(Math.abs(value) >= 1000 ? Math.max(3, Math.floor(Math.log10(Math.abs(value))) + 1) : 3)
  )
  return rounded.toLocaleString("en-US", { maximumFractionDigits: 8 })
}
/** A share from 0 to 1 as a percentage with 3 significant digits. */
export const share = (value: number): string =>
  value > 0 && value < 0.001 ? "under 0.1%" : `${Number((value * 100).toPrecision(3))}%`
/** How people write the name of an effect size. */
export const effectNames: Record<string, string> = { hedges_g: "Hedges' g", eta_squared: "eta squared", cramers_v: "Cramer's V" }

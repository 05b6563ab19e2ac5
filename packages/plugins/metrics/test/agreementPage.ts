/** The page that says how far each indicator is from independent numbers. */
import { builtIn } from "../src/kernels.ts"
import { numpy, others, talib, unchecked } from "./agreement.ts"

const figure = (value: number): string => (value === 0 ? "0" : value.toExponential(1))
/** What stands behind an indicator: against what, and how far off; undefined when the figures do not know it. */
export const standingOf = (name: string): readonly [against: string, off: string] | undefined => {
  if (talib[name] !== undefined) return ["TA-Lib", figure(talib[name])]
  if (numpy[name] !== undefined) return ["numpy", figure(numpy[name])]
  if (others[name] !== undefined) return [others[name], ""]
  if (unchecked.includes(name)) return ["no independent numbers", ""]
  return name.startsWith("cdl_") ? ["TA-Lib", "exact"] : undefined
}
export const agreementPage = (): string => {
  const plain = builtIn.filter((def) => !def.name.startsWith("cdl_"))
  const candles = builtIn.length - plain.length
  const rows = plain.map(({ name, parameters }) => {
    const [against, off] = standingOf(name) ?? ["", ""]
    return `| \`${[name, ...parameters.map((p) => p.default)].join("_")}\` | ${against} | ${off} |`
  })
  return `# How far indicators are from independent numbers

Largest difference over the largest value, over all outputs, on 5,849 daily bars of SPY (1998-01-02 to 2021-03-31). The first value stands at the lookback
in both. TA-Lib is its Python wheel 0.8.2 (C library 0.8.1); where it has no such indicator, the definition was written anew in numpy, for the whole
column at once. All ${candles} candle patterns are those of TA-Lib at every bar. The goal is 1e-9.

${Object.keys(talib).length} indicators have a figure against TA-Lib, ${Object.keys(numpy).length} against numpy; for ${unchecked.length} nobody publishes numbers that can be checked.

| indicator | against | off by |
| --- | --- | --- |
${rows.join("\n")}

This page is written by \`scripts/metrics-agreement.ts\` from \`packages/plugins/metrics/test/agreement.ts\`. Fixed numbers of the same libraries are in the
tests, so that a change of a kernel shows without them: \`reference.test.ts\`, \`secondColumn.test.ts\`, \`candles.test.ts\`, and \`indicators.test.ts\`
with the definitions written a second time.
`
}

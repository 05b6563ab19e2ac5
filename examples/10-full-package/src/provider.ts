import { dailyBars, MarketDataProvider, sessionDays } from "@tetra/plugin-data/types"

/** The price of a symbol on a day: what a vendor would be asked for over HTTP (give `tools.signal` to `fetch`). */
const priceOn = (symbol: string, day: number): number => {
  const phase = Number.parseInt(symbol, 36) % 1000
  return 100 + day / 400 + 8 * Math.sin((day + phase) / 25) + 2 * Math.sin((day * phase) / 7)
}

/** Prices that follow a tide. In the configuration: `provider: acme_tides`. */
export const tides = MarketDataProvider.contribute({
  name: "acme_tides",
  datasets: ["market_data"],
  history: 2 * 365,
  open: () => ({
    fingerprint: async () => "acme_tides/1", // the same text, the same answers: what was asked is not asked again
    async *marketData({ symbol, from, to }) {
      if (!/^[A-Z]{1,5}$/u.test(symbol)) throw new Error(`acme_tides has no "${symbol}". Its symbols are 1 to 5 capital letters.`)
      const date = sessionDays(from, to)
      const close = Float64Array.from(date, (day) => priceOn(symbol, day))
      const open = Float64Array.from(date, (day, i) => close[i - 1] ?? priceOn(symbol, day - 1))
      const high = close.map((price, i) => Math.max(price, open[i]!) * 1.002)
      const low = close.map((price, i) => Math.min(price, open[i]!) * 0.998)
      const volume = close.map((price, i) => Math.round(1e6 * (1 + Math.abs(price - open[i]!) / price)))
      yield dailyBars({ symbol, source: "acme_tides", date, open, high, low, close, volume })
    }
  })
})

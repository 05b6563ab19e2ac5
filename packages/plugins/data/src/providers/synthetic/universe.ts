/** The character of each synthetic asset: loadings, risk, income and size. */
import { sectorCount } from "./factors.ts"
import { hashOf, unitOf } from "./random.ts"

export interface AssetProfile {
  readonly symbol: string
  readonly name: string
  /** Loading on the market factor. */
  readonly beta: number
  readonly sector: number
  readonly sectorLoading: number
  /** Standard deviation of a day's own shock. */
  readonly sigma: number
  /** Log drift a day beside the market's. */
  readonly drift: number
  readonly firstPrice: number
  /** Dividends a year over price; 0 = none. */
  readonly dividendYield: number
  /** Typical turnover a day: what is dear trades fewer shares. */
  readonly dollarVolume: number
}
type Known = readonly [
  name: string,
  beta: number,
  sector: number,
  loading: number,
  sigma: number,
  drift: number,
  price: number,
  income: number,
  volume: number
]
/** The embedded universe: made-up series that are called after well-known tickers and resemble them in character only. */
const known: Readonly<Record<string, Known>> = {
  SPY: ["Broad market fund", 1, 0, 0, 0.0012, 0, 44, 0.015, 3e10],
  QQQ: ["Growth fund", 1.15, 1, 0.6, 0.002, 0.00006, 30, 0.006, 1.5e10],
  IWM: ["Small company fund", 1.2, 2, 0.6, 0.0035, -0.00004, 40, 0.012, 4e9],
  TLT: ["Long bond fund", -0.25, 3, 0.9, 0.004, 0.0001, 60, 0.03, 2e9],
  GLD: ["Gold fund", 0.05, 4, 1.1, 0.006, 0.00012, 38, 0, 1.5e9],
  AAPL: ["Devices maker", 1.2, 1, 1, 0.013, 0.0002, 25, 0.006, 1e10],
  MSFT: ["Software maker", 1.05, 1, 1, 0.011, 0.00018, 24, 0.009, 4e9],
  JPM: ["Bank", 1.15, 5, 1.1, 0.01, 0.00006, 32, 0.025, 2e9],
  XOM: ["Oil producer", 0.8, 4, 1.2, 0.009, 0.00003, 47, 0.035, 1.6e9],
  KO: ["Drinks maker", 0.6, 0, 0.7, 0.007, 0.00003, 39, 0.03, 9e8]
}
/** The default universe. */
export const syntheticSymbols: ReadonlyArray<string> = Object.keys(known)

/** Any ticker has a profile: of the embedded universe, or one that follows from its letters and the seed. */
export const profileOf = (symbol: string, seed: number): AssetProfile => {
  const own = known[symbol]
  if (own !== undefined) {
    const [name, beta, sector, sectorLoading, sigma, drift, firstPrice, dividendYield, dollarVolume] = own
    return { symbol, name, beta, sector, sectorLoading, sigma, drift, firstPrice, dividendYield, dollarVolume }
  }
  const unit = (what: string) => unitOf(seed, symbol, what)
  return {
    symbol,
    name: `${symbol} Corporation`,
    beta: 0.5 + unit("beta"),
    sector: hashOf(seed, symbol, "sector") % sectorCount,
    sectorLoading: 0.5 + unit("loading"),
    sigma: 0.007 + 0.011 * unit("sigma"),
    drift: 0.0003 * (unit("drift") - 0.4),
    firstPrice: 15 + 60 * unit("price"),
    dividendYield: unit("pays") < 0.6 ? 0.005 + 0.035 * unit("yield") : 0,
    dollarVolume: 10 ** (7.5 + 1.8 * unit("volume"))
  }
}

/** One run of the event engine: what happens in each bar, in order. */
import type { SeriesColumns } from "@tetra/plugin-metrics/types"
import { tradableBars } from "../simulation/Execution.ts"
import type { FillLog } from "../simulation/FillLog.ts"
import type { SimulationTotals } from "../simulation/simulate.ts"
import type { Universe } from "../simulation/Universe.ts"
import { Account } from "./Account.ts"
import type { AccountRules, Currency } from "./AccountRules.ts"
import { type BarContext, contextOf } from "./BarContext.ts"
import { OrderBook } from "./OrderBook.ts"
import type { Bar } from "./Order.ts"

/** What happens to the holders of a symbol, for prices that are not adjusted for it; NaN and 0 = nothing. Days are ex-days. */
export interface CorporateActions {
  /** Cash per unit, in the money of the symbol. */
  readonly dividend?: Float64Array
  /** New units for each old one. */
  readonly split?: Float64Array
}

/** Symbols with what is known about them, each list by place in the universe. */
export interface EventMarket {
  readonly universe: Universe
  readonly actions?: ReadonlyArray<CorporateActions | undefined>
  readonly currency?: ReadonlyArray<Currency | undefined>
  /** The bars that a bar is made of, in order, to see whether a stop or a limit came first; undefined = not known: the stop did. */
  readonly finer?: (symbol: number, bar: number) => ReadonlyArray<Bar> | undefined
}

interface Running {
  readonly onBar: (context: BarContext) => void
  readonly rules: AccountRules
  readonly first: number
  /** Receives equity over the initial equity at each close from `first` on. */
  readonly equity: Float64Array
}

export interface UniverseEventRun extends Running {
  readonly market: EventMarket
  /** Per symbol; money is the account's, units are those after all splits. */
  readonly fills?: ReadonlyArray<FillLog>
}

export interface EventRun extends Running {
  readonly columns: SeriesColumns
  readonly fills?: FillLog
}

export interface EventTotals extends SimulationTotals {
  /** Fills that the account did not allow: no cash, no leverage, less than a lot. */
  readonly refused: number
}

const isCashPaid = (x: number | undefined): x is number => x !== undefined && x === x && x !== 0

export class EventEngine {
  private readonly run: UniverseEventRun
  private readonly universe: Universe
  private readonly account: Account
  private readonly book: OrderBook
  private readonly tradable: ReadonlyArray<Uint8Array>
  private readonly hasVolume: ReadonlyArray<boolean>
  private readonly bars: ReadonlyArray<{ open: number; high: number; low: number }>
  private readonly context: BarContext & { bar: number; equity: number }
  private readonly fillRule: AccountRules["fill"]
  private exposedBars = 0
  private ruinedAt = -1

  constructor(run: UniverseEventRun) {
    const { market, rules } = run
    this.run = run
    this.universe = market.universe
    const { columns } = market.universe
    const conversion = columns.map((_, i) => market.currency?.[i]?.bps ?? 0)
    this.account = new Account(rules, market.universe, { conversion, logs: run.fills })
    this.book = new OrderBook(this.account, {
      marketAt: rules.fill === "next_open" ? "open" : "close",
      through: rules.limits === "through",
      carriesRest: rules.participation?.rest === "carry"
    })
    this.fillRule = rules.fill
    this.tradable = columns.map((c) => tradableBars(c, "next_open"))
    this.hasVolume = columns.map((c) => c.volume.some((v) => v > 0))
    this.bars = columns.map(() => ({ open: NaN, high: NaN, low: NaN }))
    this.context = contextOf(this.universe, this.account, this.book)
  }

  /** Everything of a bar before its close. */
  trade(t: number): void {
    const { account, book, run } = this
    account.beginBar(t)
    if (t > run.first) {
      this.act(t)
      account.carry(this.universe.date[t]! - this.universe.date[t - 1]!)
    }
    this.openPrices(t)
    if (book.size > 0 || !account.isFlat) book.meetOpen((symbol) => this.barOf(symbol, t))
    if (book.size > 0) this.moveBars(t)
    this.closePrices(t)
    if (book.size > 0 && this.fillRule !== "same_close") book.meetClose((symbol) => this.closingPrice(symbol, t))
    if (book.size > 0) book.endBar((symbol) => this.universe.columns[symbol]!.close[t]! > 0)
  }

  /** Splits and dividends of what was held overnight. */
  private act(t: number): void {
    if (this.run.market.actions === undefined) return
    for (const [symbol, actions] of this.run.market.actions.entries()) {
      const ratio = actions?.split?.[t]
      if (isCashPaid(ratio) && ratio !== 1) {
        this.account.split(symbol, ratio)
        this.book.split(symbol, ratio)
      }
      const cash = actions?.dividend?.[t]
      if (isCashPaid(cash)) this.account.dividend(symbol, cash)
    }
  }

  /** Positions count at the open, where there is one. */
  private openPrices(t: number): void {
    const { price, volume } = this.account
    const { columns } = this.universe
    for (let i = 0; i < columns.length; i++) {
      const open = columns[i]!.open[t]!
      if (open > 0) price[i] = open
      volume[i] = this.hasVolume[i] ? columns[i]!.volume[t]! : NaN
    }
  }

  /** The same object for a symbol each time: it is read at once and not kept. */
  private barOf(symbol: number, t: number): Bar | undefined {
    if (this.tradable[symbol]![t] !== 1) return undefined
    const { open, high, low } = this.universe.columns[symbol]!
    const bar = this.bars[symbol]!
    bar.open = open[t]!
    bar.high = high[t]!
    bar.low = low[t]!
    return bar
  }

  private moveBars(t: number): void {
    for (const symbol of this.book.symbolsWithConditions()) {
      const bar = this.barOf(symbol, t)
      if (bar === undefined) continue
      const steps = this.run.market.finer?.(symbol, t) ?? [bar]
      for (const step of steps) this.book.meetBar(symbol, step, bar.open)
    }
  }

  private closingPrice(symbol: number, t: number): number | undefined {
    const { high, low, close, volume } = this.universe.columns[symbol]!
    const c = close[t]!
    if (!(c > 0 && c < Infinity) || (this.hasVolume[symbol]! && volume[t] === 0)) return undefined
    return this.fillRule === "next_typical" ? (high[t]! + low[t]! + c) / 3 : c
  }

  /** Positions count at the close, and at its rates of exchange. */
  private closePrices(t: number): void {
    const { price, rate } = this.account
    const { columns } = this.universe
    const { currency } = this.run.market
    const typical = this.fillRule === "next_typical"
    for (let i = 0; i < columns.length; i++) {
      const now = currency?.[i]?.rate[t] ?? NaN
      if (now === now) rate[i] = now
      const { high, low, close } = columns[i]!
      const p = typical ? (high[t]! + low[t]! + close[t]!) / 3 : close[t]!
      if (p === p) price[i] = p
    }
  }

  /** Marks everything at the close; true when the account has ended. */
  close(t: number): boolean {
    const { account, book } = this
    const { columns } = this.universe
    if (t < this.run.first) this.closePrices(t)
    for (let i = 0; i < columns.length; i++) {
      const close = columns[i]!.close[t]!
      if (close === close) account.price[i] = close
    }
    if (book.size > 0) book.trail(t, columns)
    return t >= this.run.first && this.fillRule !== "same_close" && this.record(t)
  }

  /** Writes the equity of a bar; true when there is none left. */
  private record(t: number): boolean {
    const { account, run } = this
    const now = account.equity()
    run.equity[t] = now / run.rules.initial
    if (account.isFlat) return false
    this.exposedBars++
    if (now > 0) return false
    account.end()
    run.equity.fill(0, t)
    this.ruinedAt = t
    return true
  }

  decide(t: number): void {
    const { account, book, context } = this
    if (account.isBelowMaintenance()) book.liquidate()
    context.bar = t
    context.equity = account.equity()
    this.run.onBar(context)
    if (this.fillRule !== "same_close" || t < this.run.first) return
    book.meetClose((symbol) => this.closingPrice(symbol, t))
    this.record(t)
  }

  totals(): EventTotals {
    const { fills, costs, carried, turnover, refused } = this.account
    const { initial } = this.run.rules
    return {
      fills,
      costs: costs / initial,
      carry: carried / initial,
      turnover,
      exposedBars: this.exposedBars,
      ruinedAt: this.ruinedAt,
      closing: this.account.closing() / initial,
      refused
    }
  }
}

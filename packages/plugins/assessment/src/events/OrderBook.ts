/** Orders that wait, in the order of their numbers, and what a bar does to them. */
import type { SeriesColumns } from "@tetra/plugin-metrics/types"
import type { Account, Target } from "./Account.ts"
import {
  atOpen,
  type Bar,
  type Bracket,
  hasStop,
  isMarket,
  type Order,
  type OrderRequest,
  sideOf,
  type Size,
  withinBar
} from "./Order.ts"

interface Placing {
  readonly symbol: number
  readonly bar: number
  readonly mark: number
  readonly group?: string | undefined
  readonly reduces?: boolean
}

/** An order that fills, and the price that it fills at. */
interface Filled {
  readonly order: Order
  readonly price: number
}

/** What the account's rules say about filling. */
export interface BookRules {
  readonly marketAt: "open" | "close"
  readonly through: boolean
  readonly carriesRest: boolean
}

export class OrderBook {
  private orders: Array<Order> = []
  private next = 1
  /** Everything is to be closed as soon as it can be. */
  private closing = false
  private readonly account: Account
  private readonly rules: BookRules

  constructor(account: Account, rules: BookRules) {
    this.account = account
    this.rules = rules
  }

  get size(): number {
    return this.orders.length
  }

  isWaiting(id: number): boolean {
    return this.orders.some((o) => o.id === id)
  }

  place(request: OrderRequest, placing: Placing): number {
    check(request)
    return this.add(request, placing).id
  }

  cancel(id?: number): void {
    if (this.orders.length > 0) this.orders = id === undefined ? [] : this.orders.filter((o) => o.id !== id)
  }

  private add(request: OrderRequest, { symbol, bar, mark, group, reduces = false }: Placing): Order {
    const side = sideOf(request.size)
    const order: Order = {
      ...request,
      id: this.next++,
      symbol,
      side,
      group: group ?? request.oco,
      reduces,
      placed: bar,
      triggered: false,
      trailingStop: mark + side * (request.trail ?? 0),
      rest: NaN
    }
    this.orders.push(order)
    return order
  }

  /** Everything is closed as soon as it can be, and nothing else waits. */
  liquidate(): void {
    this.orders = []
    this.closing = true
  }

  /** What was waiting meets the open of every symbol that trades. */
  meetOpen(bars: (symbol: number) => Bar | undefined): void {
    if (this.closing) this.close(bars)
    let found: Array<Filled> | undefined
    for (const order of this.orders) {
      const bar = bars(order.symbol)
      if (bar === undefined || this.fillsAtClose(order)) continue
      const price = atOpen(order, bar)
      if (price !== undefined) (found ??= []).push({ order, price })
    }
    if (found !== undefined) this.fillTogether(found)
  }

  private fillsAtClose(order: Order): boolean {
    return isMarket(order) && (order.at ?? this.rules.marketAt) === "close"
  }

  private close(bars: (symbol: number) => Bar | undefined): void {
    for (const [symbol, held] of this.account.quantity.entries()) {
      const bar = bars(symbol)
      if (held !== 0 && bar !== undefined) this.account.trade({ symbol, price: bar.open }, -held)
    }
    this.closing = !this.account.isFlat
  }

  /** Symbols for which a limit or a stop waits, ascending. */
  symbolsWithConditions(): ReadonlyArray<number> {
    const out: Array<number> = []
    for (const order of this.orders) if (!isMarket(order) && !out.includes(order.symbol)) out.push(order.symbol)
    return out.length > 1 ? out.toSorted((a, b) => a - b) : out
  }

  /** The bar of one symbol moves: exits of what was just opened are among the stops and limits, and the stop of a bracket comes first. */
  meetBar(symbol: number, bar: Bar, dayOpen: number): void {
    const own = this.orders.filter((o) => o.symbol === symbol && !isMarket(o))
    const stopsFirst = (o: Order): number => (hasStop(o) ? 0 : 1)
    if (own.length > 1) own.sort((a, b) => stopsFirst(a) - stopsFirst(b) || a.id - b.id)
    for (const order of own) {
      const price = withinBar(order, bar, { dayOpen, through: this.rules.through })
      if (price !== undefined) this.execute(order, price)
    }
  }

  /** Market orders that fill at the close, or at the typical price. */
  meetClose(prices: (symbol: number) => number | undefined): void {
    let found: Array<Filled> | undefined
    for (const order of this.orders) {
      const price = this.fillsAtClose(order) ? prices(order.symbol) : undefined
      if (price !== undefined) (found ??= []).push({ order, price })
    }
    if (found !== undefined) this.fillTogether(found)
  }

  /** Targets are sized together; sells go first, then by priority, symbol and number. The last target of a symbol counts. */
  private fillTogether(found: ReadonlyArray<Filled>): void {
    if (found.length === 1) return this.execute(found[0]!.order, found[0]!.price)
    const targets = new Map<number, Filled & { readonly size: Target }>()
    for (const { order, price } of found) {
      const { size, symbol } = order
      if (!("target" in size) || !Number.isNaN(order.rest)) continue
      this.drop(targets.get(symbol)?.order)
      targets.set(symbol, { order, price, size: { symbol, price, ...size } })
    }
    const together = [...targets.values()]
    const sized = this.account.unitsForTargets(together.map(({ size }) => size))
    const unitsOf = new Map(together.map(({ order }, k) => [order, sized[k]!]))
    const isSell = ({ order }: Filled): number => ((unitsOf.get(order) ?? order.side) < 0 ? 0 : 1)
    const priority = ({ order }: Filled): number => order.priority ?? 0
    const ordered = found.toSorted(
      (a, b) => isSell(a) - isSell(b) || priority(b) - priority(a) || a.order.symbol - b.order.symbol || a.order.id - b.order.id
    )
    for (const { order, price } of ordered) this.execute(order, price, unitsOf.get(order))
  }

  private drop(order: Order | undefined): void {
    if (order !== undefined) this.orders = this.orders.filter((o) => o !== order)
  }

  private execute(order: Order, price: number, sized?: number): void {
    if (!this.orders.includes(order)) return
    const deal = { symbol: order.symbol, price, limit: order.limit }
    const asked = Number.isNaN(order.rest) ? (sized ?? this.account.unitsFor(order.size, deal)) : order.rest
    const most = Math.max(0, -order.side * this.account.quantity[order.symbol]!)
    const wanted = order.reduces ? order.side * Math.min(Math.abs(asked), most) : asked
    const possible = this.account.withinVolume(order.symbol, wanted)
    const units = this.account.trade(deal, possible)
    order.rest = wanted - possible
    if (!this.rules.carriesRest || order.rest === 0) this.drop(order)
    if (order.group !== undefined && (units !== 0 || order.reduces)) {
      this.orders = this.orders.filter((o) => o === order || o.group !== order.group)
    }
    if (units !== 0) this.dropExits(order.symbol)
    const opens = units * this.account.quantity[order.symbol]! > 0
    if (order.bracket !== undefined && opens) this.addExits(order, order.bracket, { units, price })
  }

  /** Exits of a position that is no longer there. */
  private dropExits(symbol: number): void {
    const held = this.account.quantity[symbol]!
    const isStale = (o: Order): boolean => o.reduces && o.symbol === symbol && o.side * held >= 0
    if (this.orders.some(isStale)) this.orders = this.orders.filter((o) => !isStale(o))
  }

  private addExits(
    { id, symbol }: Order,
    bracket: Bracket,
    { units, price }: { readonly units: number; readonly price: number }
  ): void {
    const { stop, limit, trail } = bracket.shares === true ? awayFrom(price, Math.sign(units), bracket) : bracket
    const exit = { size: { units: -units }, ...(bracket.trailBy && { trailBy: bracket.trailBy }) } as const
    const placing = { symbol, bar: this.account.bar, mark: price, group: `exits of ${id}`, reduces: true }
    if (stop !== undefined) this.add({ ...exit, stop }, placing)
    if (trail !== undefined) this.add({ ...exit, trail }, placing)
    if (limit !== undefined) this.add({ ...exit, limit }, placing)
  }

  /** Orders for one bar have had it. */
  endBar(traded: (symbol: number) => boolean): void {
    if (this.orders.some((o) => o.lasts === "day")) {
      this.orders = this.orders.filter((o) => o.lasts !== "day" || !traded(o.symbol))
    }
  }

  /** Moving stops follow the close in their favour, or the best price of a bar that they waited through. */
  trail(bar: number, columns: ReadonlyArray<SeriesColumns>): void {
    for (const order of this.orders) {
      if (order.trail === undefined) continue
      const { close, high, low } = columns[order.symbol]!
      const extreme = order.trailBy === "extreme" && order.placed < bar
      const best = (extreme ? (order.side < 0 ? high : low) : close)[bar]!
      const stop = best + order.side * order.trail
      if (Number.isNaN(stop)) continue
      order.trailingStop = order.side > 0 ? Math.min(order.trailingStop, stop) : Math.max(order.trailingStop, stop)
    }
  }

  /** Prices and units of what waits, in new units. */
  split(symbol: number, ratio: number): void {
    this.orders = this.orders.map((o) => (o.symbol === symbol ? inNewUnits(o, ratio) : o))
  }
}

/** A bracket of shares as prices around a fill. */
const awayFrom = (price: number, side: number, { stop, limit, trail }: Bracket): Bracket => ({
  ...(stop !== undefined && { stop: price * (1 - side * stop) }),
  ...(limit !== undefined && { limit: price * (1 + side * limit) }),
  ...(trail !== undefined && { trail: price * trail })
})

const inNewUnits = (order: Order, ratio: number): Order => {
  const { size, bracket } = order
  const scaled = Object.fromEntries(
    (["limit", "stop", "stopFromOpen", "trail"] as const).flatMap((k) => (order[k] === undefined ? [] : [[k, order[k] / ratio]]))
  )
  return {
    ...order,
    ...scaled,
    trailingStop: order.trailingStop / ratio,
    rest: order.rest * ratio,
    size: sizeInNewUnits(size, ratio),
    ...(bracket && bracket.shares !== true && { bracket: pricesIn(bracket, ratio) })
  }
}

const pricesIn = (bracket: Bracket, ratio: number): Bracket =>
  Object.fromEntries(Object.entries(bracket).map(([k, v]) => [k, typeof v === "number" ? v / ratio : v]))

const sizeInNewUnits = (size: Size, ratio: number): Size => {
  if ("units" in size) return { units: size.units * ratio }
  if ("risk" in size) return { ...size, distance: size.distance / ratio }
  return "target" in size && (size.in === "units" || size.in === "risk") ? { ...size, target: size.target * ratio } : size
}

const check = (request: OrderRequest): void => {
  const { size, limit, stop, stopFromOpen, trail, bracket, priority, at } = request
  if (!["units", "value", "share", "target", "risk"].some((name) => name in size)) {
    throw new RangeError("the size of an order is one of units, value, share, target and risk")
  }
  for (const name in size) if (name !== "in") finite((size as Readonly<Record<string, number>>)[name])
  for (const name of ["stop", "limit", "trail"] as const) finite(bracket?.[name])
  finite(limit)
  finite(stop)
  finite(stopFromOpen)
  finite(trail)
  finite(priority)
  if (isMarket(request)) return
  if ("target" in size) throw new RangeError("an order for a target has no limit and no stop: say units, value or share")
  if (at !== undefined) throw new RangeError("`at` is for orders without limit and stop")
  const stops = Number(stop !== undefined) + Number(stopFromOpen !== undefined) + Number(trail !== undefined)
  if (stops > 1) throw new RangeError("an order has one of stop, stopFromOpen and trail")
}

const finite = (n: number | undefined): void => {
  if (n !== undefined && !Number.isFinite(n)) throw new RangeError(`an order has ${n} for a size or price`)
}

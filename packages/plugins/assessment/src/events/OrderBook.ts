/** Orders that wait, in the order of their numbers, and what a bar does to them. */
import type { Account } from "./Account.ts"
import { atOpen, type Bar, type Order, type OrderRequest, sideOf, withinBar } from "./Order.ts"

interface TradedBar extends Bar {
  readonly volume: number
}

export class OrderBook {
  private orders: Array<Order> = []
  private next = 1
  private closing = false

  get size(): number {
    return this.orders.length
  }

  readonly place = (request: OrderRequest, mark: number): number => {
    const numbers = [
      ...Object.values(request.size),
      request.limit,
      request.stop,
      request.trail,
      ...Object.values(request.bracket ?? {})
    ]
    for (const n of numbers) {
      if (n !== undefined && !Number.isFinite(n)) throw new RangeError(`an order has ${n} for a size or price`)
    }
    return this.add(request, { mark, group: 0, reduces: false }).id
  }

  readonly cancel = (id?: number): void => {
    this.orders = id === undefined ? [] : this.orders.filter((o) => o.id !== id)
  }

  private add(request: OrderRequest, more: { readonly mark: number; readonly group: number; readonly reduces: boolean }): Order {
    const side = sideOf(request.size)
    const { group, reduces, mark } = more
    const trailingStop = mark + side * (request.trail ?? 0)
    const order = { ...request, id: this.next++, side, group, reduces, triggered: false, trailingStop }
    this.orders.push(order)
    return order
  }

  /** Everything is closed at the next open, and nothing else waits. */
  liquidate(): void {
    this.orders = []
    this.closing = true
  }

  match(account: Account, bar: number, prices: TradedBar): void {
    if (this.closing) {
      this.closing = false
      account.fill(bar, -account.quantity, { price: prices.open, volume: prices.volume })
    }
    // What was waiting meets the open; then the bar moves, and exits of what was just opened are among the stops and limits.
    for (const order of this.orders.slice()) {
      this.execute(account, order, { bar, prices, price: atOpen(order, prices) })
    }
    const stopsFirst = (o: Order): number => (o.stop === undefined && o.trail === undefined ? 1 : 0)
    for (const order of this.orders.toSorted((a, b) => stopsFirst(a) - stopsFirst(b) || a.id - b.id)) {
      this.execute(account, order, { bar, prices, price: withinBar(order, prices) })
    }
  }

  private execute(
    account: Account,
    order: Order,
    { bar, prices, price }: { readonly bar: number; readonly prices: TradedBar; readonly price: number | undefined }
  ): void {
    if (price === undefined || !this.orders.includes(order)) return
    const asked = account.unitsFor(order.size, price, prices.volume)
    const most = Math.max(0, -order.side * account.quantity)
    const units = account.fill(bar, order.reduces ? order.side * Math.min(Math.abs(asked), most) : asked, {
      price,
      volume: prices.volume
    })
    this.orders = this.orders.filter((o) => o !== order && (order.group === 0 || o.group !== order.group))
    if (order.bracket === undefined || units === 0) return
    const { stop, limit } = order.bracket
    const exit = { size: { units: -units }, lasts: "gtc" } as const
    const more = { mark: price, group: order.id, reduces: true }
    if (stop !== undefined) this.add({ ...exit, stop }, more)
    if (limit !== undefined) this.add({ ...exit, limit }, more)
  }

  /** Orders for one bar have had it. */
  endBar(): void {
    if (this.orders.some((o) => o.lasts === "day")) this.orders = this.orders.filter((o) => o.lasts !== "day")
  }

  /** Moving stops follow the close in their favour. */
  trail(mark: number): void {
    for (const order of this.orders) {
      if (order.trail === undefined) continue
      const stop = mark + order.side * order.trail
      order.trailingStop = order.side > 0 ? Math.min(order.trailingStop, stop) : Math.max(order.trailingStop, stop)
    }
  }
}

/** The fills of one simulation, in columns that grow as needed. */
export class FillLog {
  length = 0
  bar = new Int32Array(64)
  /** Signed quantity bought (+) or sold (-). */
  quantity = new Float64Array(64)
  /** Reference price, before slippage. */
  price = new Float64Array(64)
  /** Fees and slippage, in money, never negative. */
  cost = new Float64Array(64)
  /** Equity just before the fill, at the reference price. */
  equity = new Float64Array(64)

  add(bar: number, quantity: number, { price, cost, equity }: { price: number; cost: number; equity: number }): void {
    if (this.length === this.bar.length) this.grow()
    const i = this.length++
    this.bar[i] = bar
    this.quantity[i] = quantity
    this.price[i] = price
    this.cost[i] = cost
    this.equity[i] = equity
  }

  /** Tells what was filled so far in units after a split: `ratio` new ones for each old one. */
  split(ratio: number): void {
    for (let i = 0; i < this.length; i++) {
      this.quantity[i]! *= ratio
      this.price[i]! /= ratio
    }
  }

  /** Empties it for the next simulation, keeping its room. */
  clear(): this {
    this.length = 0
    return this
  }

  private grow(): void {
    const size = this.bar.length * 2
    const longer = (old: Float64Array): Float64Array<ArrayBuffer> => {
      const fresh = new Float64Array(size)
      fresh.set(old)
      return fresh
    }
    const bars = new Int32Array(size)
    bars.set(this.bar)
    this.bar = bars
    this.quantity = longer(this.quantity)
    this.price = longer(this.price)
    this.cost = longer(this.cost)
    this.equity = longer(this.equity)
  }
}

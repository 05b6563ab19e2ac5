/** What a strategy of the event style is given. */
import type { SeriesColumns } from "@tetra/plugin-metrics/types"
import type { Universe } from "../simulation/Universe.ts"
import type { Account } from "./Account.ts"
import type { OrderRequest } from "./Order.ts"
import type { OrderBook } from "./OrderBook.ts"

/**
 * What a strategy sees at the close of a bar, and how it orders. It is called for every bar from the one before the first evaluated one on, each time
 * with the same object, whose numbers are those of now.
 */
export interface BarContext {
  readonly bar: number
  readonly universe: Universe
  /** Of the first symbol, which is the only one for a strategy that trades one at a time. */
  readonly columns: SeriesColumns
  readonly position: number
  /** Units held of each symbol. */
  readonly positions: Readonly<ArrayLike<number>>
  /** What one unit of each symbol's price is worth in money of the account; 1 where there is one currency. */
  readonly rates: Readonly<ArrayLike<number>>
  /** In money of the account: cash, and cash and positions at the close. */
  readonly cash: number
  readonly equity: number
  /** Orders that wait. */
  readonly waiting: number
  readonly isWaiting: (id: number) => boolean
  /** Becomes active at the next bar; answers its number. Throws `RangeError` for an order that means nothing. */
  readonly order: (request: OrderRequest) => number
  /** One order, or all of them. */
  readonly cancel: (id?: number) => void
}

/** One object for the whole run, whose numbers are read when they are asked for. */
export const contextOf = (
  universe: Universe,
  account: Account,
  book: OrderBook
): BarContext & { bar: number; equity: number } => {
  const places = new Map(universe.symbols.map((name, place) => [name, place]))
  const placeOf = (symbol: string | number): number => {
    const place = typeof symbol === "number" ? symbol : places.get(symbol)
    if (place === undefined || universe.symbols[place] === undefined) {
      throw new RangeError(`an order names the symbol ${symbol}, which is not among ${universe.symbols.slice(0, 20).join(", ")}`)
    }
    return place
  }
  const context = {
    bar: 0,
    universe,
    columns: universe.columns[0]!,
    get position() {
      return account.quantity[0]!
    },
    positions: account.quantity,
    rates: account.rate,
    get cash() {
      return account.cash
    },
    equity: 0,
    get waiting() {
      return book.size
    },
    isWaiting: (id: number) => book.isWaiting(id),
    order: (request: OrderRequest): number => {
      const symbol = placeOf(request.symbol ?? 0)
      return book.place(request, { symbol, bar: context.bar, mark: account.price[symbol]! })
    },
    cancel: (id?: number) => book.cancel(id)
  }
  return context
}

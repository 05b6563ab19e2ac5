/** What allocations have in common: when they decide, and between which symbols. */
import type { Universe } from "../../types.ts"

/** A symbol without a bar for this many days of the universe is not chosen any more: it may be delisted. */
const STALE = 10

/** 1 where a symbol has had a bar lately. */
export const quotedOn = ({ columns }: Universe): ReadonlyArray<Uint8Array> =>
  columns.map(({ close }) => {
    const out = new Uint8Array(close.length)
    let last = -Infinity
    for (let t = 0; t < close.length; t++) {
      if (close[t]! > 0) last = t
      if (t - last < STALE) out[t] = 1
    }
    return out
  })

/** Asks for new shares every `every` days and keeps them in between. `decide` gets an array of zeros and the symbols that are quoted. */
export const decideEvery = (
  universe: Universe,
  { every, weights }: { readonly every: number; readonly weights: ReadonlyArray<Float64Array> },
  decide: (t: number, quoted: ReadonlyArray<number>, shares: Float64Array) => void
): void => {
  const quoted = quotedOn(universe)
  const shares = new Float64Array(weights.length)
  const places = Array.from(quoted.keys())
  for (let t = 0; t < universe.date.length; t++) {
    if (t % every === 0) {
      shares.fill(0)
      const now = places.filter((i) => quoted[i]![t] === 1)
      if (now.length > 0) decide(t, now, shares)
    }
    for (let i = 0; i < weights.length; i++) weights[i]![t] = shares[i]!
  }
}

/** The symbols with a finite score, highest first; equal ones by their place. */
export const ranked = (symbols: ReadonlyArray<number>, score: (symbol: number) => number): ReadonlyArray<number> =>
  symbols
    .map((symbol) => ({ symbol, of: score(symbol) }))
    .filter(({ of }) => Number.isFinite(of))
    .toSorted((a, b) => b.of - a.of || a.symbol - b.symbol)
    .map(({ symbol }) => symbol)

/** Equal shares for the first `percent` of a ranking; with `short`, half of the equity there and half against as many of the last. */
export const holdEnds = (
  ranking: ReadonlyArray<number>,
  { percent, short }: { readonly percent: number; readonly short: boolean },
  shares: Float64Array
): void => {
  if (ranking.length < 2) return
  const count = Math.max(1, Math.min(Math.floor(ranking.length / 2), Math.round((ranking.length * percent) / 100)))
  const share = (short ? 0.5 : 1) / count
  for (const symbol of ranking.slice(0, count)) shares[symbol] = share
  if (short) for (const symbol of ranking.slice(-count)) shares[symbol] = -share
}

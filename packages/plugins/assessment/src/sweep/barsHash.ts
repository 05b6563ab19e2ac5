import { createHash } from "node:crypto"
import type { Subject } from "./Sweep.ts"

/** A hash of the bars that an account for the subject sees. */
export const barsHash = (subject: Subject): string => {
  const hash = createHash("sha256")
  for (const { symbol, first, columns, dividend, rate, finer } of subject) {
    hash.update(`${symbol} ${first}\n`)
    const { date, open, high, low, close, volume } = columns
    for (const values of [
      date,
      open,
      high,
      low,
      close,
      volume,
      dividend,
      rate,
      finer?.from,
      finer?.open,
      finer?.high,
      finer?.low
    ]) {
      if (values !== undefined) hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    }
  }
  return hash.digest("hex")
}

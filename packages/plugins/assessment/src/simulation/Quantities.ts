/** How much may be traded: what a target is measured in, whole lots, and shares of a bar's volume (trading.md 4.2). */

/**
 * What a target counts: `share` of the equity that is left after the costs of a bar's orders; `value` in money of the account; `units`; or `risk`: units
 * for each unit of that equity, which is what losing a fixed share of it at a fixed distance comes to.
 */
export type TargetUnit = "share" | "value" | "units" | "risk"

/** Value in the account's money that a target stands for. `price` is of the series; one unit of it is worth `rate`. */
export const valueOfTarget = (
  target: number,
  unit: TargetUnit,
  { equity, price, rate }: { readonly equity: number; readonly price: number; readonly rate: number }
): number => {
  if (unit === "share") return target * equity
  if (unit === "value") return target
  return unit === "units" ? target * price * rate : target * equity * price
}

/** Share of a bar's volume that may be traded in it, and what becomes of the rest. A series without volume has no such cap. */
export interface Participation {
  readonly share: number
  readonly rest: "carry" | "cancel"
}

/** Below this share of what is held a difference is rounding, and not traded. */
const DUST = 1e-12

/** Units to trade so that `held` becomes `wanted`. */
export const unitsBetween = (held: number, wanted: number): number => {
  const units = wanted - held
  return Math.abs(units) <= DUST * Math.abs(held) ? 0 : units
}

/** What is held after a fill: nothing where only rounding is left. */
export const heldAfter = (held: number, units: number): number => {
  const after = held + units
  return Math.abs(after) <= DUST * Math.abs(held) ? 0 : after
}

const ROUNDING = 1e-9

/** `units` as a whole number of lots, rounded towards 0; a lot of 0 leaves them as they are. */
export const inLots = (units: number, lot: number): number =>
  lot === 0 ? units : Math.trunc(units / lot + Math.sign(units) * ROUNDING) * lot

import { Duration, Option } from "effect"

/** `"8GB"`, `"512MB"`, `"1.5 GiB"`, `"2TB"`, `"64KB"`: binary multiples, in mebibytes; `undefined` for anything else. */
export const memoryMB = (text: string): number | undefined => {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(k|m|g|t)(?:i?b)?\s*$/i.exec(text)
  if (match === null) return undefined
  const perUnit = { k: 1 / 1024, m: 1, g: 1024, t: 1024 * 1024 }[match[2]!.toLowerCase() as "k" | "m" | "g" | "t"]
  const size = Number(match[1]) * perUnit
  return size > 0 ? size : undefined
}

/** `8192` -> `"8GB"`, `1536` -> `"1536MB"`. */
export const memoryText = (sizeMB: number): string =>
  sizeMB >= 1024 && sizeMB % 1024 === 0 ? `${sizeMB / 1024}GB` : `${Math.round(sizeMB)}MB`

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** `"15m"`, `"1h30m"`, `"5 minutes"`, `"0s"`: milliseconds; `undefined` for anything else. */
export const durationMs = (text: string): number | undefined => {
  const compact = text.trim()
  if (/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+$/.test(compact)) {
    return [...compact.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g)].reduce(
      (sum, [, n, unit]) => sum + Number(n) * units[unit!]!,
      0
    )
  }
  return Option.match(Duration.fromInput(compact as Duration.Input), { onNone: () => undefined, onSome: Duration.toMillis })
}

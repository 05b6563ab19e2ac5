/** Fifth step of the layout: the upright tracks in the gap between two layers. Pure. */

/** A source and the rows that it must reach on the other side of the gap. */
export interface Wire {
  readonly row: number
  readonly ends: ReadonlyArray<number>
}
/** Way of a wire: along `row` to `track`, upright to every end. `detour` is taken where two wires would want each other's row. */
export interface Way {
  /** Place among the tracks; `undefined` for a wire that goes straight through. */
  readonly track: number | undefined
  readonly detour: { readonly track: number; readonly row: number } | undefined
}
export interface Gap {
  readonly ways: ReadonlyArray<Way>
  readonly tracks: number
  /** Rows of the picture; grows when a detour finds no free row. */
  readonly height: number
}
interface Item {
  readonly wire: number
  /** The first part of a wire with a detour: from its row to the free one. */
  readonly isHead: boolean
  readonly low: number
  readonly high: number
  readonly key: number
  /** What must be laid before, and the first track behind all of that. */
  readonly before: Set<Item>
  least: number
  track: number
}

const anItem = (wire: number, isHead: boolean, row: number, ends: ReadonlyArray<number>): Item => {
  const mean = ends.reduce((sum, end) => sum + end, 0) / ends.length
  return {
    wire,
    isHead,
    low: Math.min(row, ...ends),
    high: Math.max(row, ...ends),
    // Wires that go down are laid lowest first, those that go up highest first: so they do not cross each other.
    key: mean > row ? -row : row,
    before: new Set(),
    least: 0,
    track: -1
  }
}

/**
 * Lays one track per source. A wire that leaves on a row that another one must reach turns before that one arrives, so that no two lines of
 * different sources run on top of each other unless they end at the same target. Where two wait for each other, one takes a detour over a free row.
 */
export const routeGap = (wires: ReadonlyArray<Wire>, height: number): Gap => {
  const isStraight = ({ ends, row }: Wire) => ends.length === 1 && ends[0] === row
  const items = new Map<number, Item>()
  for (const [i, wire] of wires.entries()) if (!isStraight(wire)) items.set(i, anItem(i, false, wire.row, wire.ends))
  const leaving = new Map([...items.values()].map((item) => [wires[item.wire]!.row, item]))
  const readers = new Map<number, Array<number>>()
  for (const [i, item] of items) {
    for (const end of wires[i]!.ends) {
      readers.set(end, [...(readers.get(end) ?? []), i])
      const other = leaving.get(end)
      if (other !== undefined && other !== item) item.before.add(other)
    }
  }
  const detours = new Map<number, { head: Item; row: number }>()
  const busy = new Set(wires.flatMap(({ ends, row }) => [row, ...ends]))
  let rows = height
  const columns: Array<Array<Item>> = []
  const open = new Set<Item>(items.values())
  const lay = (item: Item): void => {
    layTrack(item, columns)
    open.delete(item)
    for (const other of open) if (other.before.delete(item)) other.least = Math.max(other.least, item.track + 1)
  }
  while (open.size > 0) {
    const ready = [...open].filter(({ before }) => before.size === 0)
    if (ready.length > 0) {
      for (const item of ready.sort((a, b) => a.key - b.key)) lay(item)
      continue
    }
    const stuck = [...open].reduce((a, b) => (b.before.size < a.before.size ? b : a))
    const { ends, row } = wires[stuck.wire]!
    const free = freeRow(row, busy, rows)
    rows = Math.max(rows, free + 1)
    busy.add(free)
    const head = anItem(stuck.wire, true, row, [free])
    const tail = { ...anItem(stuck.wire, false, free, ends), before: new Set([...stuck.before, head]), least: stuck.least }
    open.delete(stuck)
    for (const reader of readers.get(row) ?? []) {
      const other = items.get(reader)!
      if (other.before.delete(stuck)) other.before.add(head)
    }
    items.set(stuck.wire, tail)
    open.add(tail)
    detours.set(stuck.wire, { head, row: free })
    lay(head)
  }
  const ways = wires.map((_, i): Way => {
    const detour = detours.get(i)
    return {
      track: items.get(i)?.track,
      detour: detour === undefined ? undefined : { track: detour.head.track, row: detour.row }
    }
  })
  return { ways, tracks: columns.length, height: rows }
}

/** The first track behind all that must come before, in which no upright line is near. */
const layTrack = (item: Item, columns: Array<Array<Item>>): void => {
  let track = item.least
  const isNear = (other: Item) => other.low <= item.high + 1 && other.high >= item.low - 1
  while (columns[track]?.some(isNear) === true) track++
  columns[track] = [...(columns[track] ?? []), item]
  item.track = track
}
/** The nearest row that no line of the gap uses; a new last one when there is none. */
const freeRow = (row: number, busy: ReadonlySet<number>, height: number): number => {
  for (let distance = 1; distance < height; distance++)
    for (const candidate of [row - distance, row + distance])
      if (candidate >= 0 && candidate < height && !busy.has(candidate)) return candidate
  return height
}

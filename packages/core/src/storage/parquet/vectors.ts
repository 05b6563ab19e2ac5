import type { TextVector } from "../../authoring/data.ts"
import { type Field, groupRows, type Kind, missingDay, missingMicros, type Vector } from "./layout.ts"

export const isText = (vector: Vector): vector is TextVector => "codes" in vector
const lengthOf = (vector: Vector): number => (isText(vector) ? vector.codes.length : vector.length)

/** Room for `rows` cells of a kind that is no text. */
const roomFor = (kind: Exclude<Kind, "text">, rows: number) => {
  switch (kind) {
    case "float":
      return new Float64Array(rows)
    case "int":
    case "day":
      return new Int32Array(rows)
    case "long":
    case "micros":
      return new BigInt64Array(rows)
    default:
      return new Uint8Array(rows)
  }
}
/** `rows` missing cells; `undefined` for kinds that have none. */
export const missingVector = (kind: Kind, rows: number): Vector | undefined => {
  switch (kind) {
    case "float":
      return new Float64Array(rows).fill(Number.NaN)
    case "text":
      return { codes: new Int32Array(rows).fill(-1), values: [] }
    case "day":
      return new Int32Array(rows).fill(missingDay)
    case "micros":
      return new BigInt64Array(rows).fill(missingMicros)
    default:
      return undefined
  }
}

const kindNames: Readonly<Record<Kind, string>> = {
  float: "Float64Array",
  int: "Int32Array",
  day: "Int32Array",
  long: "BigInt64Array",
  micros: "BigInt64Array",
  flag: "Uint8Array",
  text: "text vector"
}
const fits = (kind: Kind, vector: Vector): boolean => {
  switch (kind) {
    case "float":
      return vector instanceof Float64Array
    case "int":
    case "day":
      return vector instanceof Int32Array
    case "long":
    case "micros":
      return vector instanceof BigInt64Array
    case "flag":
      return vector instanceof Uint8Array
    default:
      return typeof vector === "object" && isText(vector) && vector.codes instanceof Int32Array && Array.isArray(vector.values)
  }
}
/** What is wrong with one column of a batch of `rows` rows, or `undefined`. */
export const faultOf = ({ kind, name }: Field, vector: Vector | undefined, rows: number): string | undefined => {
  if (vector === undefined || vector === null) return `column "${name}" (${kind}) is missing`
  if (!fits(kind, vector)) {
    const got = isText(vector) ? "a text vector" : (vector.constructor?.name ?? typeof vector)
    return `column "${name}" is ${got}, its kind ${kind} wants a ${kindNames[kind]}`
  }
  const cells = lengthOf(vector)
  if (cells !== rows) return `column "${name}" has ${cells} cells, the batch has ${rows} rows`
  if (isText(vector)) {
    const strayed = vector.codes.find((code) => code < -1 || code >= vector.values.length)
    if (strayed !== undefined) return `column "${name}" has code ${strayed}, its dictionary has ${vector.values.length} values`
  }
  return undefined
}

export const slice = (vector: Vector, from: number, to: number): Vector =>
  isText(vector) ? { codes: vector.codes.subarray(from, to), values: vector.values } : vector.subarray(from, to)
/** The cells at the given places. */
export const pick = (vector: Vector, at: Int32Array): Vector => {
  if (isText(vector)) return { codes: pickInto(vector.codes, new Int32Array(at.length), at), values: vector.values }
  if (vector instanceof Float64Array) return pickInto(vector, new Float64Array(at.length), at)
  if (vector instanceof Int32Array) return pickInto(vector, new Int32Array(at.length), at)
  if (vector instanceof BigInt64Array) return pickInto(vector, new BigInt64Array(at.length), at)
  return pickInto(vector, new Uint8Array(at.length), at)
}
const pickInto = <A extends { [index: number]: unknown }>(from: A, to: A, at: Int32Array): A => {
  for (let i = 0; i < at.length; i++) to[i] = from[at[i] ?? 0]
  return to
}

/** Collects cells of one column; the dictionary of a text column is in order of first appearance. Copies what it takes. */
export interface ColumnBuilder {
  readonly add: (vector: Vector) => void
  readonly length: () => number
  /** The cells so far. Valid until the next `add`. */
  readonly view: () => Vector
  readonly clear: () => void
}
const firstRoom = 1_024
const grown = (have: number, need: number, limit: number): number =>
  Math.max(need, Math.min(limit, Math.max(firstRoom, have * 2)))

const numberBuilder = (kind: Exclude<Kind, "text">, limit: number, room: number): ColumnBuilder => {
  let cells = roomFor(kind, room)
  let used = 0
  return {
    add: (vector) => {
      if (isText(vector)) return
      if (used + vector.length > cells.length) {
        const wider = roomFor(kind, grown(cells.length, used + vector.length, limit))
        copyInto(wider, cells.subarray(0, used), 0)
        cells = wider
      }
      copyInto(cells, vector, used)
      used += vector.length
    },
    length: () => used,
    view: () => cells.subarray(0, used),
    clear: () => {
      used = 0
    }
  }
}
const copyInto = (to: Exclude<Vector, TextVector>, from: Exclude<Vector, TextVector>, at: number): void => {
  if (to instanceof BigInt64Array) {
    if (from instanceof BigInt64Array) to.set(from, at)
  } else if (!(from instanceof BigInt64Array)) to.set(from, at)
}
const textBuilder = (limit: number, room: number): ColumnBuilder => {
  const codes = numberBuilder("int", limit, room)
  let dictionary = new Map<string, number>()
  const codeOf = (value: string): number => {
    const known = dictionary.get(value)
    if (known !== undefined) return known
    dictionary.set(value, dictionary.size)
    return dictionary.size - 1
  }
  return {
    add: (vector) => {
      if (!isText(vector)) return
      const ours = new Int32Array(vector.values.length).fill(-1) // only values that some cell has enter the dictionary
      const translated = new Int32Array(vector.codes.length)
      for (const [i, code] of vector.codes.entries()) {
        if (code < 0) {
          translated[i] = -1
          continue
        }
        let known = ours[code] ?? -1
        if (known < 0) {
          known = codeOf(vector.values[code] ?? "")
          ours[code] = known
        }
        translated[i] = known
      }
      codes.add(translated)
    },
    length: codes.length,
    view: () => {
      const view = codes.view()
      return { codes: view instanceof Int32Array ? view : new Int32Array(0), values: [...dictionary.keys()] }
    },
    clear: () => {
      codes.clear()
      dictionary = new Map()
    }
  }
}
/** `limit` is the number of cells expected at most, where growth stops doubling; `room` is made at once. */
export const columnBuilder = (kind: Kind, limit = groupRows, room = 0): ColumnBuilder =>
  kind === "text" ? textBuilder(limit, room) : numberBuilder(kind, limit, room)

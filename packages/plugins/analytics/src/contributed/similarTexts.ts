import type { AnalyserResult, AnalysedTable, Embedder } from "../points.ts"

const mostTexts = 300
const mostPairs = 10
/** Cosine from which on two texts are told as similar. */
const similar = 0.9

interface Pair {
  readonly column: string
  readonly a: string
  readonly b: string
  readonly cosine: number
}
/** Vectors of length 1; one of zeros stays so. */
const normalised = (vectors: Float32Array, dimensions: number): Float32Array => {
  const out = Float32Array.from(vectors)
  for (let from = 0; from < out.length; from += dimensions) {
    const part = out.subarray(from, from + dimensions)
    const norm = Math.hypot(...part)
    if (norm > 0) part.forEach((value, i) => void (part[i] = value / norm))
  }
  return out
}
const pairsIn = async (table: AnalysedTable, column: string, embedder: Embedder): Promise<ReadonlyArray<Pair>> => {
  const distinct = [...new Set(await table.texts(column))].filter((text) => text !== null).slice(0, mostTexts)
  if (distinct.length < 2) return []
  const { dimensions } = embedder
  const vectors = await embedder.embed(distinct, { signal: table.signal })
  if (vectors.length !== distinct.length * dimensions)
    throw new Error(
      `the embedder "${embedder.name}" gave ${vectors.length} numbers for ${distinct.length} texts of ${dimensions}`
    )
  const unit = normalised(vectors, dimensions)
  const cosine = (i: number, k: number): number => {
    let sum = 0
    for (let d = 0; d < dimensions; d++) sum += unit[i * dimensions + d]! * unit[k * dimensions + d]!
    return sum
  }
  return distinct.flatMap((a, i) =>
    distinct.slice(i + 1).flatMap((b, j) => {
      const value = cosine(i, i + 1 + j)
      return value >= similar ? [{ column, a, b, cosine: value }] : []
    })
  )
}
/** Different texts of one column whose vectors point the same way: spellings of one thing, often. The first 300 texts of each column are compared. */
export const similarTexts = async (table: AnalysedTable, embedder: Embedder): Promise<AnalyserResult> => {
  const columns = table.schema.columns.filter(({ physical }) => physical === "text").map(({ name }) => name)
  const pairs: Array<Pair> = []
  for (const column of columns) pairs.push(...(await pairsIn(table, column, embedder)))
  const best = pairs.toSorted((a, b) => b.cosine - a.cosine).slice(0, mostPairs)
  return {
    statements: best.map(({ a, b, column }) => `In ${column}, "${a}" and "${b}" read alike.`),
    table: { head: ["column", "one", "other", "cosine"], rows: best.map((p) => [p.column, p.a, p.b, p.cosine.toFixed(3)]) }
  }
}

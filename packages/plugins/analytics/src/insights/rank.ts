import type { Insight } from "../types.ts"
import type { Candidate } from "./candidates.ts"

const most = 25
const variety = 0.7 // lambda of maximal marginal relevance (Carbonell and Goldstein 1998)

export interface Interest {
  readonly target: string | undefined
  readonly time: string | undefined
  /** Words of the business context, in lower case. */
  readonly words: ReadonlyArray<string>
}
const wordsOf = (name: string) =>
  name
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((w) => w.length > 2)

const relevance = ({ subjects }: Candidate, { target, time, words }: Interest): number =>
  subjects.includes(target ?? "")
    ? 1
    : subjects.some((s) => wordsOf(s).some((w) => words.includes(w)))
      ? 0.8
      : subjects.includes(time ?? "")
        ? 0.5
        : 0

/** What only says that two columns are one comes after everything that says more. */
const trivialPenalty = 0.5

const rankOf = (c: Candidate, interest: Interest): number =>
  0.4 * c.effect +
  0.25 * (1 - Math.min(1, Math.max(0, c.q ?? 0))) +
  0.15 * Math.min(1, c.coverage) +
  0.1 * c.surprise +
  0.1 * relevance(c, interest) -
  (c.trivial === true ? trivialPenalty : 0)

const confidenceOf = ({ q, n, basis }: Candidate): Insight["confidence"] =>
  n >= 200 && basis === "all" && (q === null || q < 0.001)
    ? "high"
    : q === null
      ? n >= 30
        ? "medium"
        : "low"
      : q < 0.05
        ? "medium"
        : "low"

const likeness = (a: Candidate, b: Candidate): number => {
  const shared = a.subjects.filter((s) => b.subjects.includes(s)).length
  return shared / new Set([...a.subjects, ...b.subjects]).size
}

/** At most 25 insights, best first; each next one weighs its rank against its likeness to those already chosen. */
export const rankInsights = (candidates: ReadonlyArray<Candidate>, interest: Interest): ReadonlyArray<Insight> => {
  const left = candidates
    .map((candidate) => ({ candidate, rank: rankOf(candidate, interest) }))
    .toSorted((a, b) => b.rank - a.rank || a.candidate.statement.localeCompare(b.candidate.statement))
  const chosen: Array<(typeof left)[number]> = []
  while (left.length > 0 && chosen.length < most) {
    const value = (item: (typeof left)[number]) =>
      variety * item.rank - (1 - variety) * Math.max(0, ...chosen.map((c) => likeness(c.candidate, item.candidate)))
    const best = left.reduce((a, b) => (value(b) > value(a) ? b : a))
    left.splice(left.indexOf(best), 1)
    chosen.push(best)
  }
  return chosen.map(({ candidate, rank }) => {
    const { surprise: _surprise, trivial: _trivial, ...insight } = candidate
    return { ...insight, rank, confidence: confidenceOf(candidate) }
  })
}

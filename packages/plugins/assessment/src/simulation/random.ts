/** Seeded numbers for work items: the seed is a hash of the run seed and the item's key, so results do not depend on workers or their order. */

/** 32-bit FNV-1a hash of the parts, separated. */
export const seedOf = (...parts: ReadonlyArray<string | number>): number => {
  let hash = 2166136261
  for (const character of parts.join("\u001f")) hash = Math.imul(hash ^ character.codePointAt(0)!, 16777619)
  return hash >>> 0
}

/** Uniform numbers in [0, 1) with 32 bits: a Weyl sequence through a strong integer mixer (splitmix32). */
export const randomFrom = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    let z = state
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b)
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
    return ((z ^ (z >>> 16)) >>> 0) / 4294967296
  }
}

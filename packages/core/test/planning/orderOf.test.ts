import { assert, describe, it } from "@effect/vitest"
import { orderOf } from "../../src/planning/orderOf.ts"

/** mulberry32: a small seeded generator, so that a failing graph can be made again. */
const seeded = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) >>> 0
  let t = Math.imul(seed ^ (seed >>> 15), seed | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}
const graph = (seed: number, acyclic: boolean) => {
  const random = seeded(seed)
  const n = 2 + Math.floor(random() * 30)
  const labels = Array.from({ length: n }, (_, i) => i).toSorted(() => random() - 0.5)
  return labels.map((label) =>
    [...new Set(Array.from({ length: Math.floor(random() * 4) }, () => Math.floor(random() * n)))].filter(
      (up) => up !== labels.indexOf(label) && (!acyclic || labels[up]! < label)
    )
  )
}

describe("orderOf", () => {
  it("puts every node after its upstreams, or shows a true cycle, over 500 seeded graphs", () => {
    let cycles = 0
    for (let seed = 1; seed <= 500; seed++) {
      const upstream = graph(seed, seed % 2 === 0)
      const result = orderOf(upstream)
      if (result._tag === "Ordered") {
        const at = new Map(result.order.map((node, i) => [node, i]))
        assert.strictEqual(at.size, upstream.length, `seed ${seed}`)
        for (const [node, ups] of upstream.entries())
          for (const up of ups) assert.isBelow(at.get(up)!, at.get(node)!, `seed ${seed}`)
      } else {
        cycles++
        assert.notStrictEqual(seed % 2, 0, `seed ${seed} has no cycle`)
        for (const [i, node] of result.cycle.entries())
          assert.include(upstream[result.cycle[(i + 1) % result.cycle.length]], node, `seed ${seed}`)
      }
    }
    assert.isAbove(cycles, 20)
  })
  it("keeps the written order of what is free at the same time", () => {
    assert.deepStrictEqual(orderOf([[], [3], [], [0]]), { _tag: "Ordered", order: [0, 2, 3, 1] })
  })
  it("orders a chain of 100,000 without recursion", () => {
    assert.strictEqual(orderOf(Array.from({ length: 100_000 }, (_, i) => (i === 0 ? [] : [i - 1])))._tag, "Ordered")
  })
})

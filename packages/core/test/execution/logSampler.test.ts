import { describe, expect, it } from "vitest"
import { linesPerSecond, LogSampler, sampleEvery } from "../../src/execution/LogSampler.ts"

const kept = (sampler: LogSampler, at: number, lines: number): number =>
  Array.from({ length: lines }, () => sampler.admit(at)).filter((answer) => answer.kept).length

describe("a flood of log lines", () => {
  it("is no flood up to 2,000 lines a second: nothing is left out", () => {
    const sampler = new LogSampler()
    for (const second of [1, 2, 3]) expect(kept(sampler, second * 1_000, linesPerSecond)).toBe(2_000)
    expect(sampler.takeLeftOut()).toBe(0)
  })
  it("is sampled beyond, one line of 20, and capped", () => {
    expect(kept(new LogSampler(), 5, linesPerSecond + 100 * sampleEvery)).toBe(2_100)
    expect(kept(new LogSampler(), 5, 1_000_000)).toBe(3_000)
  })
  it("tells what was left out once, when the second is over", () => {
    const sampler = new LogSampler()
    kept(sampler, 1_000, linesPerSecond + 19)
    expect(sampler.admit(1_999).untold).toBe(0)
    expect(sampler.admit(2_000)).toEqual({ kept: true, untold: 19 })
    expect(sampler.admit(3_000).untold).toBe(0)
  })
})

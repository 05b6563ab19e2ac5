import { describe, expect, it } from "vitest"
import { todayIn } from "../../src/commands/backfill.ts"
import { admissionLines } from "../../src/output/plain/admissionLines.ts"

describe("whether it may run", () => {
  it("names what the answer is about", () => {
    const look = { color: false, unicode: false, width: undefined }
    const asked = { again: "tetra run", forced: false, pipelines: ["data_pipeline", "metrics_pipeline"] }
    const [line] = admissionLines({ verdict: "run", reasons: [], mend: [] }, asked, look)
    expect(line).toMatch(/data_pipeline, metrics_pipeline may run: nothing is needed from other pipelines$/u)
  })
})
describe("today, for a backfill", () => {
  const justBeforeMidnightInNewYork = Date.UTC(2026, 0, 1, 4, 30)
  it("is the day of the pipeline's zone, not of the machine", () => {
    expect(todayIn(["America/New_York"], justBeforeMidnightInNewYork).day).toBe("2025-12-31")
    expect(todayIn(["Asia/Tokyo"], justBeforeMidnightInNewYork).day).toBe("2026-01-01")
  })
  it("is of several zones the furthest", () => {
    const zones = ["America/New_York", "Asia/Tokyo", "UTC"]
    expect(todayIn(zones, justBeforeMidnightInNewYork)).toEqual({ zone: "Asia/Tokyo", day: "2026-01-01" })
  })
})

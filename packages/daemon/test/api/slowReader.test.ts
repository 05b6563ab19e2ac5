import { EventEmitter } from "node:events"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { cutSlowReader } from "../../src/api/slowReader.ts"

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setTimeout", "performance"] }))
afterEach(() => void vi.useRealTimers())

/** A response as far as it is looked at: `writableNeedDrain` while its client takes nothing. */
const aResponse = () => {
  const did: Array<string> = []
  const response = Object.assign(new EventEmitter(), {
    writableNeedDrain: false,
    write: (text: string) => did.push(text) > 0,
    destroy: () => {
      did.push("destroyed")
      response.emit("close")
      return response
    }
  })
  return { did, response }
}
const watched = () => {
  const { did, response } = aResponse()
  cutSlowReader(response as unknown as Parameters<typeof cutSlowReader>[0], {
    bye: "bye",
    cut: () => void did.push("cut"),
    patienceMs: 30_000
  })
  return { did, response }
}

describe("a client of a stream", () => {
  it("that takes nothing for too long is told so, and cut off when it goes on taking nothing", () => {
    const { did, response } = watched()
    response.writableNeedDrain = true
    vi.advanceTimersByTime(30_000)
    expect(did).toEqual([])
    vi.advanceTimersByTime(2_000)
    expect(did).toEqual(["bye", "cut"])
    vi.advanceTimersByTime(60_000)
    expect(did).toEqual(["bye", "cut", "destroyed"])
  })
  it("that is slow, and takes something in between, is left alone", () => {
    const { did, response } = watched()
    for (let i = 0; i < 10; i++) {
      response.writableNeedDrain = true
      vi.advanceTimersByTime(25_000)
      response.writableNeedDrain = false
      vi.advanceTimersByTime(1_000)
    }
    expect(did).toEqual([])
  })
})

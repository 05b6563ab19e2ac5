import { describe, expect, it, onTestFinished } from "vitest"
import { interrupt, nameOf, onSignals } from "../src/signals.ts"

describe("Ctrl-C", () => {
  it("that a key asks for is one like that of a terminal: it has its name, and the second forces", () => {
    const heard: Array<string> = []
    onTestFinished(
      onSignals(
        (signal) => void heard.push(nameOf(signal)),
        () => void heard.push("at once")
      )
    )
    interrupt()
    interrupt()
    expect(heard).toEqual(["Ctrl-C", "at once"])
  })
})

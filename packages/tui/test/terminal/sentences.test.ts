import { describe, expect, it, onTestFinished } from "vitest"
import { Sentences } from "../../src/ink/Sentences.tsx"
import { someStreams } from "../support/someStreams.ts"

describe("the screen of people who hear it", () => {
  it("writes each sentence once, hears single keys, and leaves nothing behind", () => {
    const written: Array<string> = []
    const heard: Array<string> = []
    const ends = someStreams({ width: 20, height: 5 }, () => undefined)
    const screen = new Sentences(
      ends.streams.stdin,
      (text) => written.push(text),
      (key) => heard.push(key)
    )
    onTestFinished(() => screen.close())
    const long = "Stage fetch of data pipeline is done after 4 minutes, 12 rows."
    screen.say("Run in mode daily begins.")
    screen.say(long)
    ends.type("sx")
    screen.say(long)
    expect(written).toEqual(["Run in mode daily begins.\n", `${long}\n`, `${long}\n`])
    expect(heard).toEqual(["s", "x"])
    expect(ends.isRaw()).toBe(true)
    screen.close()
    expect(ends.isRaw()).toBe(false)
    expect(written).toHaveLength(3)
  })
})

/** What a frame costs the line to the terminal. The counts are the same on every machine, so they are held exactly. */
import { describe, expect, it } from "vitest"
import { bytesPerFrame } from "../support/aBusyScreen.ts"

describe("a frame while thirty stages run and talk", () => {
  for (const [width, height, most] of [
    [80, 24, 2],
    [120, 36, 5],
    [200, 50, 9]
  ] as const)
    it(`takes at most ${most} KB of the line at ${width}x${height}`, () => {
      const bytes = bytesPerFrame({ width, height })
      console.log(`${width}x${height}: ${(bytes / 1024).toFixed(2)} KB a frame (budget ${most})`)
      expect(bytes).toBeLessThan(most * 1024)
      expect(bytes).toBeGreaterThan(200)
    })
})

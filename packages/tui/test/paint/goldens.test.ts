/** Every view as recorded: four sizes, Unicode and ASCII, with colours and without. One file for each view; `-u` writes them anew. */
import { describe, expect, it } from "vitest"
import { paintScreen } from "../../src/paint/screen.ts"
import { widthOf } from "../../src/paint/text.ts"
import { aLook } from "../../src/paint/theme.ts"
import { finished, recording } from "../support/aRun.ts"
import { aScene, aWorld, everyView } from "../support/aScene.ts"

const sizes = [
  { width: 40, height: 10 },
  { width: 80, height: 24 },
  { width: 120, height: 36 },
  { width: 200, height: 50 }
]
const stage = "metrics_pipeline.indicators"
const scenes = (view: (typeof everyView)[number]) => ({
  "at work": aScene(aWorld(recording()), { view, stage }),
  failed: aScene(aWorld(finished()), { view, stage })
})
// Wall-clock times depend on the zone of the machine.
const timeless = (row: string): string => row.replaceAll(/\b\d\d:\d\d:\d\d\b/gu, "hh:mm:ss")

/** What an SGR code ends, and whether it begins something itself. */
const ends: Readonly<Record<string, RegExp>> = { 0: /./u, 22: /^[12]$/u, 27: /^7$/u, 39: /^(?:3[0-8]|9\d)/u }
const endedBy = (code: string): RegExp => ends[code] ?? /^$/u
const begun = (code: string): ReadonlyArray<string> => (code in ends ? [] : [code])

/** The styles of a row: cells and the SGR codes that they have; nothing for plain ones. */
const stylesOf = (row: string): string => {
  const runs: Array<string> = []
  let codes: ReadonlyArray<string> = []
  // eslint-disable-next-line no-control-regex -- escape sequences are what this reads
  for (const part of timeless(row).split(/(\u001b\[[\d;]*m)/u)) {
    // eslint-disable-next-line no-control-regex -- see above
    const [, given] = /^\u001b\[([\d;]*)m$/u.exec(part) ?? []
    if (given !== undefined)
      for (const one of given.match(/38;5;\d+|\d+/gu) ?? ["0"])
        codes = [...codes.filter((code) => !endedBy(one).test(code)), ...begun(one)]
    else if (part !== "") runs.push(`${widthOf(part)}${codes.length === 0 ? "" : `:${codes.join(";")}`}`)
  }
  // The end of a row is mostly plain, or the frame.
  while (runs.at(-1)?.includes(":") === false) runs.pop()
  return runs.join(" ")
}
/** Rows one below the other; a row like the one before is a `"`. */
const folded = (rows: ReadonlyArray<string>): string =>
  rows.map((row, i) => (i > 0 && row === rows[i - 1] && row !== "" ? '"' : row)).join("\n")
const shown = (rows: ReadonlyArray<string>): string => folded(rows.map((row) => timeless(row).trimEnd()))

describe("every view", () => {
  it.each(everyView)("is as recorded at every size, in every look: %s", async (view) => {
    const pages: Array<string> = []
    for (const [name, scene] of Object.entries(scenes(view)))
      for (const size of sizes) {
        const what = `${view} ${name}, ${size.width}x${size.height}`
        const plain = { color: false, styled: false }
        const text = paintScreen(scene, size, aLook({ ...plain, unicode: true }))
        // A run at work is recorded at one size; what differs by size and look is recorded with the failed one.
        if (name !== "failed" && size.width !== 120) continue
        pages.push(`# ${what}`, shown(text))
        if (name !== "failed") continue
        const ascii = paintScreen(scene, size, aLook({ ...plain, unicode: false }))
        const colors = folded(paintScreen(scene, size, aLook({ color: true, unicode: true })).map(stylesOf))
        const asciiColors = folded(paintScreen(scene, size, aLook({ color: true, unicode: false })).map(stylesOf))
        const styles = folded(paintScreen(scene, size, aLook({ color: false, unicode: true })).map(stylesOf))
        pages.push(`# ${what}, ASCII`, shown(ascii))
        pages.push(`# ${what}, colours`, colors)
        if (asciiColors !== colors) pages.push(`# ${what}, colours in ASCII`, asciiColors)
        pages.push(`# ${what}, styles without colour`, styles)
      }
    await expect(`${pages.join("\n")}\n`).toMatchFileSnapshot(`golden/${view}.txt`)
  })
})

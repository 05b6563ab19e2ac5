import { assert, describe, it } from "@effect/vitest"
import { dotEnv } from "../../src/config/dotEnv.ts"
import { interpolate } from "../../src/config/interpolate.ts"

describe("dotEnv", () => {
  it("reads quotes, comments, exports, empty values and values over several lines", () => {
    const text = [
      "# a comment",
      "A=plain value # and why",
      "export B = 'single #not a comment $HOME'",
      'C="line\\nbreak \\"quoted\\"" # why',
      "D=",
      "E=a#b",
      'F="first',
      'second"',
      "not a line",
      "  G='x'",
      "A=later wins"
    ].join("\r\n")
    assert.deepStrictEqual(dotEnv(text), {
      A: "later wins",
      B: "single #not a comment $HOME",
      C: 'line\nbreak "quoted"',
      D: "",
      E: "a#b",
      F: "first\nsecond",
      G: "x"
    })
  })
})

describe("interpolate", () => {
  const env = { FULL: "yes", EMPTY: "" }
  it.each([
    ["a ${FULL} b", "a yes b", []],
    ["${EMPTY:-default} ${NOBODY:-}", "default ", []],
    ["${EMPTY}${NOBODY}", "", ["NOBODY"]],
    ["$${FULL} $FULL", "${FULL} $FULL", []]
  ] as const)("makes %j %j", (source, text, unset) => {
    assert.deepStrictEqual(interpolate(source, env), { text, unset: [...unset], problems: [] })
  })
  it("says what is needed, and what is no variable", () => {
    assert.deepStrictEqual(interpolate("${EMPTY:?put it into .env} ${1X}", env).problems, [
      "EMPTY is not set: put it into .env",
      "${ does not start a variable: write ${NAME}, ${NAME:-default} or ${NAME:?message}, or $${ for the two characters"
    ])
  })
})

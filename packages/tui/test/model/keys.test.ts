import { describe, expect, it } from "vitest"
import { type KeyEvent, noKeys, readKeys, settleKeys } from "../../src/model/keys.ts"
import { random } from "../support/aScene.ts"

const read = (...chunks: ReadonlyArray<string>): ReadonlyArray<KeyEvent> => {
  let state = noKeys
  const events: Array<KeyEvent> = []
  for (const chunk of chunks) {
    const next = readKeys(state, chunk)
    state = next.state
    events.push(...next.events)
  }
  return [...events, ...settleKeys(state).events]
}
const names = (...chunks: ReadonlyArray<string>) =>
  read(...chunks).map((e) =>
    e._tag === "Key"
      ? e.key
      : e._tag === "Paste"
        ? `paste:${e.text}`
        : e._tag === "Mouse"
          ? `${e.act} ${e.x},${e.y} ${e.by}`
          : `focus:${e.focused}`
  )

describe("keys", () => {
  it("splits keys that arrive in one read", () => {
    expect(names("jgg")).toEqual(["j", "g", "g"])
    expect(names("é漢👨‍👩‍👧x")).toEqual(["é", "漢", "👨‍👩‍👧", "x"])
  })
  it("names arrows, pages, function keys and modifiers of every dialect", () => {
    expect(names("\u001b[A\u001bOB\u001b[1;5C\u001b[5~\u001b[6~\u001b[H\u001b[4~\u001bOP\u001b[11~\u001b[Z")).toEqual([
      "up",
      "down",
      "C-right",
      "pageup",
      "pagedown",
      "home",
      "end",
      "f1",
      "f1",
      "S-tab"
    ])
    expect(names("\u0003\u0004\r\t\u007f \u001bx")).toEqual(["C-c", "C-d", "enter", "tab", "backspace", "space", "M-x"])
  })
  it("takes a lone escape as the key when nothing follows", () => {
    expect(names("\u001b")).toEqual(["esc"])
    expect(names("\u001b", "[A")).toEqual(["up"])
    expect(names("\u001b\u001b[A")).toEqual(["esc", "up"])
  })
  it("hands over a paste whole, whatever is in it and however it is cut", () => {
    expect(names("a\u001b[200~q\u001b[Ay\u001b[201~b")).toEqual(["a", "paste:q\u001b[Ay", "b"])
    expect(names("\u001b[20", "0~one\ntw", "o\u001b[2", "01~z")).toEqual(["paste:one\ntwo", "z"])
  })
  it("ends a paste that never ends with Ctrl-C, pressed alone", () => {
    expect(names("\u001b[200~half a paste", "j", "\u0003", "j")).toEqual(["C-c", "j"])
    expect(names("\u001b[200~with \u0003 in it", "\u001b[201~j")).toEqual(["paste:with \u0003 in it", "j"])
  })
  it("reads the mouse: first button and wheel, from 0; other buttons, modifiers and old forms say nothing", () => {
    expect(names("\u001b[<0;12;5M\u001b[<32;13;6M\u001b[<0;13;6m\u001b[<64;1;1M\u001b[<65;2;3M")).toEqual([
      "press 11,4 0",
      "drag 12,5 0",
      "release 12,5 0",
      "wheel 0,0 -1",
      "wheel 1,2 1"
    ])
    expect(names("\u001b[<2;1;1M\u001b[<4;1;1M\u001b[<66;1;1M\u001b[<0;0;1M\u001b[<0;1Mx")).toEqual(["x"])
  })
  it("swallows old mouse reports, answers of the terminal and broken sequences", () => {
    expect(names("j\u001b[M !!k\u001b[?62;22cl\u001b]11;rgb:0/0/0\u0007m")).toEqual(["j", "k", "l", "m"])
    expect(names("\u001b[12\u0003x")).toEqual(["C-c", "x"])
    expect(names("\u001b[I\u001b[O")).toEqual(["focus:true", "focus:false"])
  })
  it("gives the same keys however the bytes are cut", () => {
    const text = "j\u001b[A\u001b[200~pa\u001b[3~ste\u001b[201~k\u001b[1;2B\u001b]0;t\u0007漢\u001b[<1;2;3Mq\u001bOFz"
    const whole = names(text)
    const next = random(1)
    for (let n = 0; n < 300; n++) {
      const at = [next(), next(), next()].map((x) => Math.floor(x * text.length)).toSorted((a, b) => a - b)
      const cut = [text.slice(0, at[0]), text.slice(at[0], at[1]), text.slice(at[1], at[2]), text.slice(at[2])]
      expect(names(...cut), `cut at ${at.join(", ")}`).toEqual(whole)
    }
  })
})

import { describe, expect, it, onTestFinished, vi } from "vitest"
import { Shell, type ShellOwner } from "../../src/ink/Shell.tsx"
import { Frames } from "../../src/ink/Frames.ts"
import type { Size } from "../../src/paint/Painter.ts"
import { ATerminal, plainModes } from "../support/aTerminal.ts"

const size: Size = { width: 60, height: 12 }
const before = ["$ tetra ui"]

const opened = (over: Partial<ShellOwner> = {}) => {
  const terminal = new ATerminal(size)
  const left: Array<string> = []
  terminal.put(before.join("\r\n"))
  const shell = new Shell({ streams: terminal.streams, opening: "opening the project", left: (how) => left.push(how) })
  shell.open()
  onTestFinished(() => shell.close())
  const owner: ShellOwner = {
    frames: new Frames(),
    keys: () => undefined,
    resized: () => undefined,
    failed: () => undefined,
    signalled: () => undefined,
    ...over
  }
  const text = async (): Promise<string> => (await terminal.rows()).join("\n").trimEnd()
  return { terminal, shell, left, owner, text }
}

describe("the shell before anything is known of the project", () => {
  it("says at once what is done, and how to leave", async () => {
    const { terminal } = opened()
    const rows = await terminal.rows()
    expect(rows[0]?.trim()).toBe("TETRA opening the project")
    expect(rows[size.height - 2]).toContain("q leaves")
    expect(terminal.modes()).toMatchObject({ alternate: true, cursor: false, raw: true })
  })
  for (const [key, how] of [
    ["q", "quit"],
    ["\u0003", "interrupt"]
  ] as const)
    it(`is left with ${JSON.stringify(key)}, and gives everything back`, async () => {
      const { left, terminal, text } = opened()
      terminal.type(`jj${key}`)
      await vi.waitFor(() => expect(left).toEqual([how]))
      expect(await text()).toBe(before[0])
      expect(terminal.modes()).toEqual(plainModes)
    })
  it("gives way to the painters' rows, and nothing of it stays", async () => {
    const { owner, shell, terminal, text } = opened()
    shell.give(owner)
    owner.frames.show(["a row of a painter"], size)
    expect(await text()).toBe("a row of a painter")
    // Whatever Ink has to say about that reaches nobody.
    const writes = terminal.written.length
    shell.redraw()
    expect(terminal.written).toHaveLength(writes)
    terminal.resize({ width: 30, height: 5 })
    await vi.waitFor(async () => {
      owner.frames.show(["one row"], { width: 30, height: 5 })
      expect(await text()).toBe("one row")
    })
  })
  it("gives the screen back when a component throws, tells its owner, and still hears keys", async () => {
    const faults: Array<string> = []
    const heard: Array<string> = []
    const { owner, shell, terminal, text } = opened({
      failed: (error) => {
        faults.push(String(error))
        shell.leave()
      },
      keys: (events) => heard.push(...events.map((event) => (event._tag === "Key" ? event.key : event._tag)))
    })
    owner.frames.watch = () => {
      throw new Error("no such row")
    }
    shell.give(owner)
    await vi.waitFor(() => expect(faults).toEqual(["Error: no such row"]))
    expect(await text()).toBe(before[0])
    expect(terminal.modes()).toEqual({ ...plainModes, raw: true })
    terminal.type("T\u001bOP\u001b[<0;3;3M")
    expect(heard).toEqual(["T", "f1", "Mouse"])
  })
  it("lends keyboard and screen, and takes both back", async () => {
    const { owner, shell, terminal, text } = opened()
    shell.give(owner)
    shell.lend()
    expect(terminal.modes()).toEqual(plainModes)
    shell.take()
    await vi.waitFor(() => expect(terminal.modes()).toMatchObject({ alternate: true, raw: true }))
    owner.frames.show(["here again"], size)
    expect(await text()).toBe("here again")
  })
})

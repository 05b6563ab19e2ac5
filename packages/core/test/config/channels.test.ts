import { Schema } from "effect"
import { expect, it } from "vitest"
import { Notifiers } from "../../src/index.ts"
import { checkAlerting } from "../../src/config/checkAlerting.ts"

const board = Notifiers.contribute({
  name: "board",
  settings: Schema.Struct({ file: Schema.NonEmptyString }),
  send: async () => undefined
})
const contributions = new Map([[board.point, [{ ...board, plugin: "acme" }]]])
const problems = (block: Readonly<Record<string, unknown>>, lacksPlugins = false, name = "board") =>
  checkAlerting({
    config: { version: 1, alerting: { channels: { [name]: block } } } as unknown as Parameters<typeof checkAlerting>[0]["config"],
    catalogue: { contributions },
    unset: new Map(),
    condition: () => undefined,
    lacksPlugins
  }).map(({ path, message }) => `${path}: ${message}`)

it("a channel of a plugin is checked by its own settings: `enabled` and `only` are of every channel", () => {
  expect(problems({ enabled: true, only: ["production"], file: "alerts.txt" })).toEqual([])
  expect(problems({ file: "" })).toEqual([expect.stringContaining("alerting.channels.board.file")])
  expect(problems({ file: "a", fil: "b" })).toEqual(["alerting.channels.board.fil: is not known here"])
  expect(problems({ enabled: false })).toEqual([])
  expect(problems({}, false, "bord")).toEqual(['alerting.channels.bord: there is no channel "bord"'])
  expect(problems({}, true, "bord"), "the plugin that would bring it is not there").toEqual([])
})

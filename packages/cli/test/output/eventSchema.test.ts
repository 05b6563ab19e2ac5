import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { EventLine, eventJsonSchema } from "../../src/output/eventSchema.ts"
import { eventLine } from "../../src/output/json.ts"
import { events } from "./aRun.ts"

const decode = Schema.decodeUnknownSync(EventLine)

describe("the lines of --output json", () => {
  it("are published as docs/run-event.schema.json: else run `tetra config schema --events` into it and format it", () => {
    const file = join(import.meta.dirname, "../../../../docs/run-event.schema.json")
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(JSON.stringify(eventJsonSchema())))
  })
  it("fit the schema", () => {
    for (const event of events) expect(decode(JSON.parse(eventLine(event)))).toMatchObject({ _tag: event._tag })
  })
  it("do not fit with a field missing or of another type", () => {
    const line = JSON.parse(eventLine(events[1]!)) as Readonly<Record<string, unknown>>
    const { owner: _, ...without } = line
    expect(() => decode(without)).toThrow("owner")
    expect(() => decode({ ...line, seq: "first" })).toThrow("seq")
  })
})

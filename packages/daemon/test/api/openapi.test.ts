import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { OpenApi } from "effect/http-api"
import { describe, expect, it } from "vitest"
import { Api } from "../../src/api/definition.ts"

const file = join(import.meta.dirname, "../../../../docs/openapi.json")
interface Operation {
  readonly summary?: string
  readonly parameters?: ReadonlyArray<{ readonly name: string; readonly required?: boolean }>
  readonly responses: Readonly<Record<string, unknown>>
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}
const made = JSON.parse(JSON.stringify(OpenApi.fromApi(Api))) as Document
const kept = (): Document => JSON.parse(readFileSync(file, "utf8")) as Document
const operationsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => [`${method} ${path}`, one] as const)
  )

describe("the document of the API", () => {
  it("is the one in docs/openapi.json: else run this test with TETRA_WRITE_OPENAPI=1, and read what changes", () => {
    if (process.env["TETRA_WRITE_OPENAPI"] === "1") writeFileSync(file, `${JSON.stringify(made, null, 2)}\n`)
    expect(made).toEqual(kept())
  })
  it("says of every route what it is for (summaries.ts)", () => {
    expect(operationsOf(made).flatMap(([name, { summary }]) => (summary === undefined ? [name] : []))).toEqual([])
  })
  it("takes nothing back that clients of version 1 rely on", () => {
    const now = new Map(operationsOf(made))
    for (const [name, before] of operationsOf(kept())) {
      const after = now.get(name)
      expect([name, after !== undefined]).toEqual([name, true])
      const wasRequired = new Set((before.parameters ?? []).flatMap((one) => (one.required === true ? [one.name] : [])))
      const needed = (after?.parameters ?? []).filter((one) => one.required === true && !wasRequired.has(one.name))
      expect([name, needed]).toEqual([name, []])
      const statuses = Object.keys(before.responses).filter((status) => status.startsWith("2"))
      expect([name, Object.keys(after?.responses ?? {})]).toEqual([name, expect.arrayContaining(statuses)])
    }
  })
})

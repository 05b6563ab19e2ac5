import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Redacted } from "effect"
import { afterAll, describe, expect, it } from "vitest"
import { readStateUrl } from "../../src/config/readStateUrl.ts"

const root = mkdtempSync(join(tmpdir(), "tetra-state-url-"))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const urlIn = (text: string, environment?: string): string | undefined => {
  const configFile = join(root, "tetra.yaml")
  writeFileSync(configFile, text)
  const found = readStateUrl({ configFile, root, env: { WHERE: "postgres://a@b/c" }, environment })
  return found === undefined ? undefined : Redacted.value(found)
}
describe("where the state is, read from the sections that say so", () => {
  it.each([
    ["nothing is said", "version: 1\n", undefined],
    ["one line", 'version: 1\nstate: { url: "${WHERE}" }\n', "postgres://a@b/c"],
    ["a block, with comments between", "# state: no\nstate:\n# or\n\n  url: ${NONE:-embedded}\nplugins: []\n", "embedded"],
    ["inside of something else it means nothing", "pipelines:\n  state: { url: no }\nmodes: {}\n", undefined],
    ["quoted", '"state": { "url": "${WHERE}" }\n', "postgres://a@b/c"],
    ["flow style", "{ version: 1, state: { url: embedded } }", "embedded"],
    ["through an alias", "x: &here { url: embedded }\nstate: *here\n", "embedded"],
    ["merged", "x: &here { url: embedded }\nstate:\n  <<: *here\n", undefined],
    ["escaped", '"st\\u0061te": { url: embedded }\n', "embedded"],
    ["after a mark of the encoding", "\uFEFFstate: { url: embedded }\n", "embedded"],
    ["in a second document, which no project has", "version: 1\n---\nstate: { url: embedded }\n", undefined]
  ])("%s", (_, text, url) => {
    expect(urlIn(text)).toBe(url)
  })
  it("is what the environment lays over it", () => {
    const text = 'state: { url: embedded }\nenvironments:\n  production: { state: { url: "${WHERE}" } }\n'
    expect([urlIn(text), urlIn(text, "production"), urlIn(text, "dev")]).toEqual(["embedded", "postgres://a@b/c", "embedded"])
  })
})

import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type ConfigVersion, configVersions, keepConfig, loadProject, restoreSecrets } from "@tetra/core/engine"
import { hideSecrets } from "../../src/config/versions/keptText.ts"
import { folderOf, fromTable } from "./projects.ts"

const yaml = (days: number, key: string, comment = "the market") => `# ${comment}; token: tk-123456
plugins: ["@tetra/plugin-data"]
pipelines:
  data_pipeline:
    config: { days: ${days}, api_key: ${key} } # api_key: sk-comment-1
alerting:
  channels:
    slack: { enabled: true, webhook_url: "\${HOOK}", channel: "#ops" }
`
const secret = "sk-very-secret"
/** Loads each text in turn as the project of one folder and keeps it. */
const kept = (...texts: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const cwd = yield* folderOf({ "tetra.yaml": "" })
    const numbers: Array<number | undefined> = []
    for (const text of texts) {
      writeFileSync(join(cwd, "tetra.yaml"), text)
      const project = yield* loadProject({ cwd, env: { HOOK: "https://hooks.example.com/x" }, importModule: fromTable })
      numbers.push((yield* keepConfig(project))?.number)
    }
    const home = join(cwd, ".tetra")
    return { numbers, home, all: yield* configVersions(home) }
  })

describe("versions of the configuration", () => {
  it.effect("are numbered by their first use; the same meaning is the same version, with the newer text", () =>
    Effect.gen(function* () {
      const { all, numbers } = yield* kept(yaml(5, secret), yaml(6, secret), yaml(5, secret, "written again"))
      assert.deepStrictEqual(numbers, [1, 2, 1])
      assert.deepStrictEqual(
        all.map(({ number, plugins }) => [number, plugins]),
        [1, 2].map((n) => [n, { "@tetra/plugin-data": "1.0.0" }])
      )
      assert.include(all[0].text, "written again")
    })
  )
  it.effect("hold no secret, wherever in the file it stands, and are private", () =>
    Effect.gen(function* () {
      const { home } = yield* kept(yaml(5, secret))
      const folder = join(home, "config")
      const text = readdirSync(folder)
        .map((name) => readFileSync(join(folder, name), "utf8"))
        .join("")
      for (const told of [secret, "tk-123456", "sk-comment-1"]) assert.notInclude(text, told)
      assert.include(text, "${HOOK}")
      assert.strictEqual(statSync(join(folder, "0001.json")).mode & 0o777, 0o600)
      assert.strictEqual(statSync(folder).mode & 0o777, 0o700)
    })
  )
  it.effect("get one number each, however often they are kept", () =>
    Effect.gen(function* () {
      const cwd = yield* folderOf({ "tetra.yaml": yaml(1, secret) })
      const projects = yield* Effect.forEach([1, 2, 3], (days) =>
        loadProject({ cwd, env: { HOOK: "h" }, importModule: fromTable, text: yaml(days, secret) })
      )
      const found: ReadonlyArray<ConfigVersion | undefined> = yield* Effect.forEach([...projects, ...projects], keepConfig, {
        concurrency: "unbounded"
      })
      assert.deepStrictEqual(new Set(found.map((one) => one?.number)), new Set([1, 2, 3]))
    })
  )
})

describe("a kept text", () => {
  const none = { places: new Set<string>(), texts: new Set<string>() }
  it("keeps variables, and hides a literal, a default and the password of an address", () => {
    const state = (url: string) => `state: { url: "${url}" }\n`
    const shown = (text: string) => hideSecrets(text, none) === text
    assert.isTrue(shown(state("${URL:-embedded}")))
    assert.isTrue(shown(state("postgres://tetra:${PASSWORD}@db/tetra")))
    assert.isFalse(shown(state("postgres://tetra:hunter2@db/tetra")))
    assert.isFalse(shown(state("postgres://tetra:${PASSWORD:-hunter2}@db/tetra")))
    assert.isFalse(shown("environments:\n  production:\n    state: { url: postgres://a:b@c/d }\n"))
    assert.isFalse(shown("p: { password: 12345678 }\n"))
  })
  it("gets its literal secrets back from the same places of the present file, however they are written there", () => {
    const kept = hideSecrets("# a\na: 1\np:\n  - { token: 'tk-1' } # why\nb: 2\n", none)
    assert.deepStrictEqual(restoreSecrets(kept, 'p: [{ token: "tk-2" }]\n'), {
      text: '# a\na: 1\np:\n  - { token: "tk-2" } # why\nb: 2\n'
    })
    assert.deepStrictEqual(restoreSecrets(kept, "p: []\n"), { missing: ["p.0.token"] })
  })
  it("stays as it is in a block", () => {
    const kept = hideSecrets("p:\n  token: |\n    line 1\n    line 2\nb: 2\n", none)
    assert.strictEqual(kept, 'p:\n  token: "<redacted>"\nb: 2\n')
  })
})

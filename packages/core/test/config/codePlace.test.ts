import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, it } from "vitest"
import { placeInCode } from "../../src/config/codePlace.ts"

const folder = mkdtempSync(join(tmpdir(), "tetra-code-place-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const save = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const files = new Set([
  save("calm.ts", 'import { Vol } from "./types.ts"\nimport { vol } from "./vol.ts"\nexport { Vol, vol }\n'),
  save("index.ts", 'import types from "./types.ts"\nexport * from "./calm.ts"\n'),
  save("vol.ts", '// VolAset\nimport {\n  Vol,\n  VolAset\n} from "./types.ts"\nexport const vol = [Vol, VolAset]\n')
])
const placeOf = (name: string): string => {
  const error = new SyntaxError(`The requested module './types.ts' does not provide an export named '${name}'`)
  const place = placeInCode(error, files)
  return place === undefined ? "nowhere" : `${place.file.slice(folder.length + 1)}:${place.line}:${place.column}`
}
it("finds the import of a misspelt name, not another import from the same module", () => {
  assert.strictEqual(placeOf("VolAset"), "vol.ts:4:3")
  assert.strictEqual(placeOf("Vo"), "nowhere")
})
it("finds the import of a default that is not there", () => assert.match(placeOf("default"), /^index\.ts:1:/u))

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"
import { asTyped, commandHere, firstWords } from "../../src/output/typed.ts"
import { buildProgram } from "../../src/program.ts"

const emptyFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "tetra-typed-"))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
/** An installation below `folder`, and its link in `node_modules/.bin`. */
const installed = (folder: string) => {
  const file = join(folder, "node_modules", "@tetra", "cli", "bin", "tetra.js")
  const link = join(folder, "node_modules", ".bin", "tetra")
  for (const path of [file, link]) mkdirSync(dirname(path), { recursive: true })
  writeFileSync(file, "")
  symlinkSync(file, link)
  return { file, link }
}

describe("how the command is typed here", () => {
  it("is what the wrapper says that started it", () => {
    expect(commandHere({ TETRA_COMMAND: "npm run tetra --" }, "/clone/packages/cli/bin/tetra.js")).toBe("npm run tetra --")
  })
  it("is npx, pnpm or yarn for a package of a project", () => {
    const { file, link } = installed(emptyFolder())
    const by = (agent: string, script: string) => commandHere({ PATH: dirname(link), npm_config_user_agent: agent }, script)
    expect(commandHere({ PATH: `${dirname(link)}:/usr/bin` }, link)).toBe("npx tetra")
    expect(by("npm/11.4.2 node/v24.1.0 linux x64", link)).toBe("npx tetra")
    expect(by("pnpm/12.21.0 npm/? node/v24.1.0", file)).toBe("pnpm exec tetra")
    expect(by("yarn/4.9.1 npm/? node/v24.1.0", file)).toBe("yarn tetra")
  })
  it("names the package where npx fetched it for one command: `npx tetra` would fetch somebody else's", () => {
    const { link } = installed(join(emptyFolder(), "_npx", "3f0a"))
    expect(commandHere({ PATH: dirname(link), npm_config_user_agent: "npm/11.4.2" }, link)).toBe("npx @tetra/cli")
    expect(asTyped("`tetra run`", "npx @tetra/cli")).toBe("`npx @tetra/cli run`")
  })
  it("is its name where a shell finds this very installation", () => {
    const { file } = installed(emptyFolder())
    const bin = emptyFolder()
    symlinkSync(file, join(bin, "tetra"))
    expect(commandHere({ PATH: bin }, join(bin, "tetra"))).toBe("tetra")
    expect(commandHere({ PATH: bin }, file)).toBe("tetra")
    const other = installed(emptyFolder())
    expect(commandHere({ PATH: bin }, other.link)).toBe("npx tetra")
  })
  it("is its name for whatever else started it, a test for example", () => {
    expect(commandHere({}, "/clone/node_modules/vitest/dist/worker.js")).toBe("tetra")
    expect(commandHere({}, "/clone/packages/cli/bin/tetra.js")).toBe("tetra")
    expect(commandHere({})).toBe("tetra")
  })
})

describe("a text that speaks of commands", () => {
  it("has each of them as it is typed", () => {
    expect(asTyped("tetra show latest; tetra assets list", "npx tetra")).toBe("npx tetra show latest; npx tetra assets list")
    expect(asTyped("start with `tetra run`", "npm run tetra --")).toBe("start with `npm run tetra -- run`")
    expect(asTyped("Usage: tetra [options] [command]; `tetra --help`", "npx tetra")).toBe(
      "Usage: npx tetra [options] [command]; `npx tetra --help`"
    )
  })
  it("keeps what is no command, or is spelt already", () => {
    const kept =
      "tetra needs Node; ./tetra run; npx tetra run; npm run tetra -- run; @acme/tetra run; tetra runner; tetra state/x"
    expect(asTyped(kept, "npx tetra")).toBe(kept)
    const once = asTyped("`tetra why x`", "pnpm exec tetra")
    expect(asTyped(once, "pnpm exec tetra")).toBe(once)
    expect(asTyped("tetra run")).toBe("tetra run")
  })
  it("knows every command that there is", () => {
    const program = buildProgram("0", async () => undefined)
    expect([...firstWords]).toEqual(program.commands.map((command) => command.name()).toSorted())
  })
})

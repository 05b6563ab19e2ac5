import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import type { Project } from "@tetra/core/engine"
import { describe, expect, it, onTestFinished } from "vitest"
import { displayOf, keepPreferences, preferencesFile } from "../../src/dashboard/display.ts"

const aHome = (): string => {
  const home = mkdtempSync(join(tmpdir(), "tetra-display-"))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  return home
}
const kept = { split: { wide: 1, middle: 2, small: 0 }, frameless: false, typed: ["why"], theme: "tritanopia" }
const shown = (
  home: string,
  options: Record<string, unknown> = {},
  dashboard: NonNullable<Project["config"]["dashboard"]> = {},
  env: NodeJS.ProcessEnv = {}
) =>
  displayOf(
    { options, args: [] },
    { home, config: { dashboard } },
    {
      LANG: "C.UTF-8",
      TERM: "xterm",
      ...env
    }
  )

describe("how the dashboard looks", () => {
  it("goes by the flag, then what was chosen on it, then the configuration", () => {
    const home = aHome()
    expect(shown(home, {}, { theme: "monochrome" }).look.theme).toBe("monochrome")
    keepPreferences(home, kept)
    expect(shown(home, {}, { theme: "monochrome" })).toMatchObject({ look: { theme: "tritanopia" }, preferences: kept })
    expect(shown(home, { theme: "deuteranopia" }, { theme: "monochrome" }).look.theme).toBe("deuteranopia")
  })
  it("takes colour and signs from flag, configuration and environment", () => {
    const home = aHome()
    expect(shown(home, {}, {}, { NO_COLOR: "1" }).look.color).toBe(false)
    expect(shown(home, { color: "always" }, {}, { NO_COLOR: "1" }).look.color).toBe(true)
    expect(shown(home, { ascii: true }).look.unicode).toBe(false)
    expect(shown(home, {}, {}, { TETRA_ASCII: "1" }).look.unicode).toBe(false)
    expect(shown(home, {}, {}, { LANG: "C" }).look.unicode).toBe(false)
    expect(shown(home).look).toMatchObject({ color: true, depth: 16, unicode: true, still: false })
    expect(shown(home, { slowLink: true })).toMatchObject({ slow: true, look: { still: true } })
    expect(shown(home, {}, { reduced_motion: true }).look.still).toBe(true)
  })
  it("leaves when it was told to", () => {
    const home = aHome()
    expect(shown(home).exitOnFinish).toBeUndefined()
    expect(shown(home, { exitOnFinish: true }).exitOnFinish).toBe("any")
    expect(shown(home, { exitOnFinish: "ok" }).exitOnFinish).toBe("ok")
  })
})
describe("the remembered layout", () => {
  it("is private to the person, and none is no complaint", () => {
    const home = aHome()
    expect(shown(home).complaint).toBeUndefined()
    keepPreferences(home, kept)
    expect(statSync(preferencesFile(home)).mode & 0o077).toBe(0)
    expect(JSON.parse(readFileSync(preferencesFile(home), "utf8"))).toMatchObject(kept)
  })
  it("costs a note and nothing else when it is damaged or cannot be read", () => {
    const home = aHome()
    mkdirSync(dirname(preferencesFile(home)), { recursive: true })
    writeFileSync(preferencesFile(home), '{"format":"tetra/dashboard@1","split":')
    expect(shown(home)).toMatchObject({ preferences: undefined, complaint: expect.stringContaining("is damaged") })
    rmSync(preferencesFile(home))
    mkdirSync(preferencesFile(home))
    expect(shown(home)).toMatchObject({ preferences: undefined, complaint: expect.stringContaining("cannot be read") })
  })
})

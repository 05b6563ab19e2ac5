import { definePlugin, type HealthCheck, HealthChecks, Notifiers } from "@tetra/core"
import { embeddedProject } from "@tetra/core/engine"
import { Effect } from "effect"
import { describe, expect, it, vi } from "vitest"
import { askChecks, checkNames } from "../../src/health/pluginChecks.ts"
import { channelsOf } from "../../src/delivery/Channel.ts"

const aProject = (...checks: ReadonlyArray<HealthCheck>) =>
  Effect.runPromise(
    embeddedProject({
      cwd: process.cwd(),
      plugins: [
        definePlugin({
          name: "@acme/plugin-quotes",
          version: "1.0.0",
          api: "^1.0",
          contributes: [
            ...checks.map((check) => HealthChecks.contribute(check)),
            Notifiers.contribute({ name: "pager", send: () => Promise.resolve() })
          ]
        })
      ],
      config: { alerting: { channels: { pager: {} } } }
    })
  )
const after = (ms: number) => new Promise<never>((_, reject) => void setTimeout(() => reject(new Error("late")), ms))

describe("checks of plugins", () => {
  it("answer by the name of their plugin; what throws, hangs or answers nonsense has failed, and holds up no other", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] })
    const timeout = vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
      const control = new AbortController()
      setTimeout(() => control.abort(), ms)
      return control.signal
    })
    try {
      const project = await aProject(
        { name: "license", check: () => ({ status: "warn", detail: "expires in\n9 days" }) },
        { name: "quota", check: () => Promise.resolve({ status: "ok", detail: "12 of 500" }) },
        {
          name: "throws",
          check: () => {
            throw new Error("no key")
          }
        },
        { name: "hangs", check: () => after(60_000) },
        { name: "odd", check: () => "fine" as never }
      )
      expect(checkNames(project)[0]).toBe("plugin-quotes/license")
      const asked = askChecks(project)
      await vi.advanceTimersByTimeAsync(3_000)
      const answers = [...(await asked)].map(([name, { detail, status }]) => `${name} ${status}: ${detail}`)
      expect(answers).toEqual([
        "plugin-quotes/license warn: expires in 9 days",
        "plugin-quotes/quota ok: 12 of 500",
        "plugin-quotes/throws fail: the check of @acme/plugin-quotes failed: no key",
        "plugin-quotes/hangs fail: the check of @acme/plugin-quotes failed: no answer within 3 s",
        expect.stringMatching(/^plugin-quotes\/odd fail: the check of @acme\/plugin-quotes answered what is no answer: /u)
      ])
      expect(channelsOf(project).get("pager")?.off).toBeUndefined()
    } finally {
      timeout.mockRestore()
      vi.useRealTimers()
    }
  })
})

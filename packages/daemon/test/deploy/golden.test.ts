import { describe, expect, it } from "vitest"
import { deploymentOf, targets } from "../../src/deploy/index.ts"
import { theChain } from "./aContext.ts"

describe("the files of a target", () => {
  for (const target of targets)
    it(`are the kept ones for ${target}`, async () => {
      const { files, problems } = deploymentOf(target, theChain())
      expect(problems).toEqual([])
      for (const { path, text } of files) await expect(text).toMatchFileSnapshot(`golden/${target}/${path}`)
    })
  for (const target of ["launchd", "systemd", "kubernetes"] as const)
    it(`keep the daemon alive with ${target}`, async () => {
      const more = { style: "daemon", environment: "production", hasDatabase: true, isSystemWide: true } as const
      for (const { path, text } of deploymentOf(target, theChain(more)).files)
        await expect(text).toMatchFileSnapshot(`golden/daemon/${path}`)
    })
})

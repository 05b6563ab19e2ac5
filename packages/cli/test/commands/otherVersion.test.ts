import type { Project } from "@tetra/core/engine"
import type { DaemonBody } from "@tetra/daemon/server"
import { describe, expect, it } from "vitest"
import { daemonLines } from "../../src/commands/status.ts"
import { otherVersion } from "../../src/attach/otherVersion.ts"
import { ownVersion } from "../../src/ownVersion.ts"
import { otherwise } from "../../src/served/serverFor.ts"

const body = (version: string) =>
  ({
    state: "running",
    pid: 7,
    version,
    uptime_seconds: 60,
    http: null,
    environment: null,
    file: "/p/tetra.yaml",
    config: { hash: "h", number: 1, last_reload: null },
    held: [],
    outbox_oldest_seconds: 0,
    next: []
  }) as unknown as DaemonBody
const project = { configFile: "/p/tetra.yaml", configVersion: "h", environment: undefined } as Project
const look = { unicode: true, color: false } as unknown as Parameters<typeof daemonLines>[1]
const statusOf = (version: string) => daemonLines({ state: "running", daemon: body(version), ended: undefined }, look).join("\n")

describe("a server of another version", () => {
  it("takes no run from this one, and is told with how to bring it to this one", () => {
    expect(otherwise(body(ownVersion()), project)).toBeUndefined()
    expect(otherwise(body("0.0.9"), project)).toBe(
      `it is of version 0.0.9, this is ${ownVersion()} (\`tetra stop\`, then \`tetra start\` brings it to this one; what runs goes on)`
    )
  })
  it("is told by `tetra status`, and one of this version is not", () => {
    expect(statusOf("99.0.0")).toContain(`it is of version 99.0.0, this is ${ownVersion()}: \`tetra stop\``)
    expect(statusOf(ownVersion())).not.toContain("it is of version")
    expect(otherVersion("1", "1")).toBeUndefined()
  })
})

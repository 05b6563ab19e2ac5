/** `tetra alerts test CHANNEL`: one message through the real path. */
import process from "node:process"
import { nearest } from "@tetra/core/engine"
import { alertingFor, testChannel } from "@tetra/daemon/alerting"
import { channelsOf } from "@tetra/daemon/delivery"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import { badge, lookOf } from "../../output/plain/look.ts"
import { oneLine } from "../../output/plain/text.ts"
import type { Call } from "../../program.ts"
import { flag, openProject } from "../../project/open.ts"
import { print, printJson } from "../../project/store.ts"

export const handle = async (call: Call, [name]: ReadonlyArray<string>): Promise<ExitCode> => {
  const project = await openProject(call, "typed")
  const channels = channelsOf(project)
  const channel = channels.get(name ?? "")
  if (channel === undefined) {
    const close = name === undefined ? undefined : nearest(name, channels.keys())
    throw new Refusal(name === undefined ? "which channel?" : `there is no channel "${name}"`, {
      hint: close === undefined ? `one of ${[...channels.keys()].join(", ")}` : `did you mean "${close}"?`
    })
  }
  const tested = await testChannel({ alerting: alertingFor(project), channel }, { isDry: flag(call, "dryRun"), now: Date.now() })
  const isGood = tested.outcome === "sent" || tested.outcome === "rendered"
  if (flag(call, "json")) printJson({ channel: channel.name, ...tested })
  else {
    const look = lookOf(process.stdout, process.env)
    const words = { sent: `sent in ${tested.latencyMs} ms`, rendered: "not sent", failed: "failed", off: "off" }
    const shown = typeof tested.rendered === "string" ? tested.rendered : JSON.stringify(tested.rendered, null, 2)
    print([
      shown,
      badge(look, isGood ? "completed" : "failed", `${channel.name}: ${words[tested.outcome]}: ${oneLine(tested.detail)}`)
    ])
  }
  return isGood ? exitCodes.completed : exitCodes.failed
}

/** `tetra alerts test CHANNEL`: one message through the real path. */
import process from "node:process"
import { nearest } from "@tetra/core/engine"
import { alertingFor, testChannel, type Tested } from "@tetra/daemon/alerting"
import { channelsOf } from "@tetra/daemon/delivery"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import { badge, lookOf } from "../../output/plain/look.ts"
import { oneLine } from "../../output/plain/text.ts"
import { type Server, serverHere } from "../../link/serverHere.ts"
import type { Call } from "../../program.ts"
import { flag, openProject } from "../../project/open.ts"
import { print, printJson } from "../../project/store.ts"

/** The server sends it: with its network, and its limits. */
const inServer = async ({ ask }: Server, channel: string): Promise<Tested> => {
  const path = `/api/v1/channels/${encodeURIComponent(channel)}/test`
  const { latency_ms: latencyMs, ...tested } = await ask<Omit<Tested, "latencyMs"> & { readonly latency_ms: number }>({
    method: "POST",
    path,
    body: {}
  })
  return { ...tested, latencyMs }
}
export const handle = async (call: Call, [name]: ReadonlyArray<string>): Promise<ExitCode> => {
  const project = await openProject(call, { conditions: "typed" })
  const channels = channelsOf(project)
  const channel = channels.get(name ?? "")
  if (channel === undefined) {
    const close = name === undefined ? undefined : nearest(name, channels.keys())
    throw new Refusal(name === undefined ? "which channel?" : `there is no channel "${name}"`, {
      hint: close === undefined ? `one of ${[...channels.keys()].join(", ")}` : `did you mean "${close}"?`
    })
  }
  const isDry = flag(call, "dryRun")
  const server = isDry ? undefined : await serverHere(call)
  const tested =
    server === undefined
      ? await testChannel({ alerting: alertingFor(project), channel }, { isDry, now: Date.now() })
      : await inServer(server, channel.name)
  const isGood = tested.outcome === "sent" || tested.outcome === "rendered"
  if (flag(call, "json")) printJson({ channel: channel.name, ...tested })
  else {
    const look = lookOf(process.stdout, process.env)
    const words = {
      sent: `sent in ${tested.latencyMs} ms`,
      rendered: "this would be sent (--dry-run)",
      failed: "failed",
      off: "off"
    }
    const shown = typeof tested.rendered === "string" ? tested.rendered : JSON.stringify(tested.rendered, null, 2)
    const detail = tested.outcome === "rendered" ? "" : `: ${oneLine(tested.detail)}`
    print([shown, badge(look, isGood ? "completed" : "failed", `${channel.name}: ${words[tested.outcome]}${detail}`)])
  }
  return isGood ? exitCodes.completed : exitCodes.failed
}

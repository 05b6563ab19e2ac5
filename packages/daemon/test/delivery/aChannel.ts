import type { AlertMessage } from "@tetra/core"
import type { Project } from "@tetra/core/engine"
import { Effect } from "effect"
import { embeddedProject } from "@tetra/core/engine"
import { channelsOf } from "../../src/delivery/Channel.ts"

type Block = Readonly<Record<string, unknown>>
/** A project with these channels, as its file would have them. */
export const aProject = async (channels: Block, alerting: Block = {}): Promise<Project> =>
  await Effect.runPromise(
    embeddedProject({
      cwd: process.cwd(),
      plugins: [],
      config: { project: "acme", alerting: { channels, ...alerting } }
    })
  )
export const someChannels = async (channels: Block) => channelsOf(await aProject(channels))
export const aMessage = (more: Partial<AlertMessage> = {}): AlertMessage => ({
  kind: "trigger",
  thread: "00d1f3aa12345678#1",
  n: 1,
  subject: "[HIGH] Pipeline Failure: data_pipeline (production)",
  text: "HIGH Pipeline Failure: data_pipeline: 3 <of> 4 symbols & more",
  severity: "high",
  project: "acme",
  environment: "production",
  alerts: [
    {
      rule: "Pipeline Failure",
      severity: "high",
      pipeline: "data_pipeline",
      run: undefined,
      text: "3 of 4 symbols are missing",
      since: Date.parse("2026-11-23T01:00:00Z"),
      runbook: undefined
    }
  ],
  at: Date.parse("2026-11-23T01:00:10Z"),
  mayRepeat: false,
  ...more
})
/** Sends one message through a channel: its receipt, or why it was not taken. */
export const sendThrough = async (channels: Block, name: string, message: AlertMessage = aMessage()) => {
  const channel = (await someChannels(channels)).get(name)!
  try {
    return await channel.notifier.send(message, { settings: channel.settings, signal: new AbortController().signal })
  } catch (error) {
    const { message: text, retryAfterMs, retryable } = error as { message: string; retryable: boolean; retryAfterMs?: number }
    return { text, retryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
  }
}

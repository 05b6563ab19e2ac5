/** Every channel to a real sink on this machine, through a process that is killed while all of them are under way. */
import { type ChildProcess, fork } from "node:child_process"
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { layerStore } from "@tetra/core/storage"
import { Effect } from "effect"
import { describe, expect, it, onTestFinished } from "vitest"
import { aRecorder } from "../../packages/daemon/test/alerting/aRecord.ts"
import { aCertificate } from "../../packages/daemon/test/delivery/sinks/aCertificate.ts"
import { httpSink } from "../../packages/daemon/test/delivery/sinks/httpSink.ts"
import { header, mailSink } from "../../packages/daemon/test/delivery/sinks/mailSink.ts"

const claimMs = 60_000
const aFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "tetra-told-"))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}
const kept = <A extends { readonly close: () => Promise<void> }>(sink: A): A => {
  onTestFinished(sink.close)
  return sink
}
/** Notes what it is called with, one line a call; the first time it does not come to an end. */
const aDesktop = (folder: string): (() => ReadonlyArray<string>) => {
  const notes = join(folder, "desktop.txt")
  const program = join(folder, "notify-send")
  writeFileSync(program, `#!/bin/sh\n[ -e ${notes} ]; first=$?\necho "$3 $4" >> ${notes}\n[ $first = 0 ] || exec sleep 4\n`)
  chmodSync(program, 0o755)
  return () => (existsSync(notes) ? readFileSync(notes, "utf8").trim().split("\n") : [])
}
const until = async (what: string, is: () => boolean): Promise<void> => {
  const end = Date.now() + 60_000
  while (!is()) {
    if (Date.now() > end) throw new Error(`${what} did not come about`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

describe.skipIf(process.platform !== "linux")("every channel", () => {
  it("smtp-down-then-up: is told once more what was under way when its process was killed, tried again when it is busy, and told the end once", async () => {
    const folder = aFolder()
    const home = join(folder, "home")
    const made = aCertificate()
    const ca = join(folder, "ca.pem")
    writeFileSync(ca, made.cert)
    const desktop = aDesktop(folder)
    const hangsOnce = async () => kept(await httpSink("hang", 503))
    const sinks = { slack: await hangsOnce(), pagerduty: await hangsOnce(), sms: await hangsOnce(), webhook: await hangsOnce() }
    const mail = kept(await mailSink(made, "hang", 451))
    const channels = {
      email: { smtp_server: `localhost:${mail.port}`, recipients: ["ops@example.com"], ca },
      slack: { webhook_url: `${sinks.slack.url}/services/T/B/x`, allow_private: true },
      pagerduty: { api_key: "k".repeat(32), url: sinks.pagerduty.url, allow_private: true },
      sms: { account_sid: "AC1", auth_token: "t", from: "+1", to: ["+2"], url: sinks.sms.url, allow_private: true },
      webhook: { url: sinks.webhook.url, secrets: ["new-secret"], allow_private: true },
      desktop: {},
      console: {}
    }
    const lines: Array<string> = []
    const aTeller = (aheadMs: number): ChildProcess => {
      const child = fork(join(import.meta.dirname, "support/aTeller.ts"), [JSON.stringify({ home, channels, aheadMs })], {
        execArgv: ["--conditions=tetra:source"],
        env: { ...process.env, PATH: `${folder}:${process.env["PATH"]}` },
        stdio: ["ignore", "ignore", "pipe", "ipc"]
      })
      child.stderr?.on("data", (chunk: Buffer) => lines.push(...chunk.toString().trim().split("\n")))
      onTestFinished(() => void child.kill("SIGKILL"))
      return child
    }
    const { begin, end } = aRecorder({ layer: layerStore({ home, stateUrl: undefined }) })
    const record = (run: string, status: "completed" | "failed") =>
      Effect.runPromise(Effect.andThen(begin(run, "up"), end(run, "up", status)))
    const web = Object.values(sinks)
    const told = () => lines.filter((line) => line.startsWith("alert:"))

    await record("r1", "failed")
    const first = aTeller(0)
    await until(
      "the first try of all",
      () => web.every(({ taken }) => taken.length === 1) && mail.tried() === 1 && desktop().length === 1 && told().length === 1
    )
    const gone = new Promise((resolve) => first.once("exit", resolve))
    first.kill("SIGKILL")
    await gone
    aTeller(claimMs + 1_000)
    await until(
      "the third try of all",
      () => web.every(({ taken }) => taken.length === 3) && mail.mails.length === 1 && desktop().length === 2
    )
    await record("r2", "completed")
    const isOver = () => web.every(({ taken }) => taken.length >= 4) && mail.mails.length >= 2 && desktop().length >= 3
    await until("the end of all", () => isOver() && told().length >= 2)
    // Another round of looks says nothing further.
    await new Promise((resolve) => setTimeout(resolve, 3_000))

    const bodies = (name: keyof typeof sinks) => sinks[name].taken.map(({ body }) => body)
    const json = (name: keyof typeof sinks) => bodies(name).map((body) => JSON.parse(body) as Readonly<Record<string, unknown>>)
    const subject = "[CRITICAL] Pipeline Failure: up (production)"
    expect(json("slack").map(({ text }) => text)).toEqual([
      subject,
      `${subject} (may be a repeat)`,
      `${subject} (may be a repeat)`,
      `RESOLVED: ${subject}`
    ])
    expect(json("pagerduty").map(({ event_action }) => event_action)).toEqual(["trigger", "trigger", "trigger", "resolve"])
    expect(new Set(json("pagerduty").map(({ dedup_key }) => dedup_key)).size).toBe(1)
    const keys = sinks.webhook.taken.map(({ headers }) => String(headers["x-tetra-delivery"]).split(".")[1])
    expect([json("webhook").map(({ kind }) => kind), keys]).toEqual([
      ["trigger", "trigger", "trigger", "resolve"],
      ["1", "1", "1", "2"]
    ])
    expect(bodies("sms").map((body) => new URLSearchParams(body).get("Body")?.startsWith("RESOLVED"))).toEqual([
      false,
      false,
      false,
      true
    ])
    const [mailed, ended] = mail.mails.map(({ text }) => text)
    expect([header(mailed!, "Subject"), header(ended!, "Subject")]).toEqual([subject, `RESOLVED: ${subject}`])
    expect(header(ended!, "In-Reply-To")).toBe(header(mailed!, "Message-ID"))
    expect([mail.tried(), mail.mails.length]).toEqual([4, 2])
    expect(desktop().map((line) => line.startsWith("RESOLVED"))).toEqual([false, false, true])
    expect(told().map((line) => line.startsWith("alert: RESOLVED"))).toEqual([false, true])
  })
})

import { createHmac } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, afterEach, describe, expect, it } from "vitest"
import { alertingOf } from "../../src/alerting/Rule.ts"
import { testChannel } from "../../src/alerting/testChannel.ts"
import { aMessage, sendThrough, someChannels } from "./aChannel.ts"
import { aCertificate } from "./sinks/aCertificate.ts"
import { httpSink } from "./sinks/httpSink.ts"
import { header, mailSink } from "./sinks/mailSink.ts"

const open: Array<() => Promise<void> | void> = []
const kept = <A extends { readonly close: () => Promise<void> }>(sink: A): A => {
  open.push(sink.close)
  return sink
}
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})
const jsonOf = (body: string): unknown => JSON.parse(body)

describe("slack", () => {
  it("gets a text and blocks in which nothing is markup or a mention", async () => {
    const sink = kept(await httpSink(200))
    const channels = { slack: { webhook_url: `${sink.url}/services/T/B/x`, allow_private: true } }
    expect(await sendThrough(channels, "slack", aMessage({ text: "<!channel> a & b" }))).toMatchObject({ receipt: "HTTP 200" })
    expect(sink.taken[0]?.path).toBe("/services/T/B/x")
    expect(jsonOf(sink.taken[0]!.body)).toEqual({
      text: "[HIGH] Pipeline Failure: data_pipeline (production)",
      blocks: [
        { type: "section", text: { type: "mrkdwn", text: "*[HIGH] Pipeline Failure: data_pipeline (production)*" } },
        { type: "section", text: { type: "mrkdwn", text: "&lt;!channel&gt; a &amp; b" } }
      ]
    })
  })
})

describe("pagerduty", () => {
  it("gets events of one incident: trigger, acknowledge, resolve under one key", async () => {
    const sink = kept(await httpSink())
    const key = "k".repeat(32)
    const channels = { pagerduty: { api_key: key, service_id: "pipeline-service", url: sink.url, allow_private: true } }
    for (const kind of ["trigger", "ack", "resolve"] as const) await sendThrough(channels, "pagerduty", aMessage({ kind }))
    const events = sink.taken.map(({ body }) => jsonOf(body)) as ReadonlyArray<Record<string, Record<string, string>>>
    expect(events.map(({ event_action }) => event_action)).toEqual(["trigger", "acknowledge", "resolve"])
    expect(new Set(events.map(({ dedup_key }) => dedup_key))).toEqual(new Set(["00d1f3aa12345678#1"]))
    expect(events[0]).toMatchObject({
      routing_key: key,
      payload: {
        summary: "[HIGH] Pipeline Failure: data_pipeline (production)",
        severity: "error",
        group: "data_pipeline",
        class: "Pipeline Failure",
        component: "pipeline-service",
        timestamp: "2026-11-23T01:00:00.000Z"
      }
    })
  })
})

describe("sms", () => {
  it("is one part of plain characters to every number, with the account's own credentials", async () => {
    const sink = kept(await httpSink(201, 201))
    const sms = {
      account_sid: "ACaccount",
      auth_token: "twilio-token",
      from: "+15550001",
      to: ["+15550002", "+15550003"],
      url: `${sink.url}/m`,
      allow_private: true
    }
    const long = aMessage({ subject: `[HIGH] Späte Daten – ${"x".repeat(200)}` })
    expect(await sendThrough({ sms }, "sms", long)).toMatchObject({ receipt: "2 numbers" })
    const forms = sink.taken.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))
    expect(forms.map(({ To }) => To)).toEqual(["+15550002", "+15550003"])
    expect(forms[0]!["Body"]).toHaveLength(160)
    expect(forms[0]!["Body"]).toContain("(HIGH) Späte Daten ? x")
    expect(sink.taken[0]!.headers.authorization).toBe(`Basic ${Buffer.from("ACaccount:twilio-token").toString("base64")}`)
  })
  it("that one number does not take reaches the others, once", async () => {
    const sink = kept(await httpSink(201, 400, 201))
    const account = { account_sid: "ACaccount", auth_token: "twilio-token", url: `${sink.url}/m`, allow_private: true }
    const sms = { ...account, from: "+15550001", to: ["+15550002", "nobody", "+15550003"] }
    const sent = await sendThrough({ sms }, "sms")
    expect(sent).toEqual({ receipt: "2 numbers", warning: "not taken for 1 of 3: it answered 400: no" })
    expect(sink.taken.map(({ body }) => new URLSearchParams(body).get("To"))).toEqual(["+15550002", "nobody", "+15550003"])
    const busy = kept(await httpSink(503, 503, 503))
    expect(await sendThrough({ sms: { ...sms, url: busy.url } }, "sms")).toEqual({ text: "it answered 503: no", retryable: true })
  })
})

describe("webhook", () => {
  it("is signed over the bytes that were sent, with the first of its secrets", async () => {
    const sink = kept(await httpSink())
    const webhook = { url: sink.url, secrets: ["new-secret", "old-secret"], headers: { "X-Team": "data" }, allow_private: true }
    await sendThrough({ webhook }, "webhook")
    const { body, headers } = sink.taken[0]!
    const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/u.exec(String(headers["x-tetra-signature"])) ?? []
    expect(v1).toBe(createHmac("sha256", "new-secret").update(`${t}.${body}`).digest("hex"))
    expect([headers["x-team"], headers["x-tetra-delivery"]]).toEqual(["data", "00d1f3aa12345678#1.1"])
    expect(jsonOf(body)).toMatchObject({ schema: "tetra.alert/1", kind: "trigger", alerts: [{ rule: "Pipeline Failure" }] })
  })
  it("that is not taken says whether it is worth another try, and when", async () => {
    const busy = { status: 429, headers: { "Retry-After": "7" } }
    const sink = kept(await httpSink(busy, 500, 404, "reset", { status: 302, headers: { location: "http://127.0.0.1:1/" } }))
    const send = async () => await sendThrough({ webhook: { url: sink.url, allow_private: true } }, "webhook")
    expect(await send()).toEqual({ text: "it answered 429: no", retryable: true, retryAfterMs: 7000 })
    expect(await send()).toEqual({ text: "it answered 500: no", retryable: true })
    expect(await send()).toEqual({ text: "it answered 404: no", retryable: false })
    expect(await send()).toMatchObject({ retryable: true })
    // A redirect is an answer, and is not followed.
    expect(await send()).toEqual({ text: "it answered 302: no", retryable: false })
    await sink.close()
    expect(await send()).toMatchObject({ retryable: true, text: expect.stringContaining("ECONNREFUSED") as string })
  })
})

describe("email", () => {
  const made = aCertificate()
  const folder = mkdtempSync(join(tmpdir(), "tetra-mail-"))
  const ca = join(folder, "ca.pem")
  writeFileSync(ca, made.cert)
  const block = (port: number, more = {}) => ({
    email: { smtp_server: `localhost:${port}`, recipients: ["ops@example.com"], from: "tetra@example.com", ca, ...more }
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  it("goes over TLS, and all mails of one alert are one thread", async () => {
    const sink = kept(await mailSink(made))
    await sendThrough(block(sink.port), "email")
    await sendThrough(
      block(sink.port),
      "email",
      aMessage({ kind: "resolve", n: 2, subject: "RESOLVED: [HIGH] x\r\nBcc: eve@example.com" })
    )
    const [first, second] = sink.mails.map(({ text }) => text)
    const id = header(first!, "Message-ID")
    expect(id).toMatch(/^<00d1f3aa12345678\.1\.1@.+>$/u)
    expect([header(second!, "In-Reply-To"), header(second!, "References")]).toEqual([id, id])
    expect(header(first!, "Auto-Submitted")).toBe("auto-generated")
    expect(header(first!, "Subject")).toBe("[HIGH] Pipeline Failure: data_pipeline (production)")
    expect(header(second!, "Bcc")).toBeUndefined()
    expect(sink.mails[1]!.to).toEqual(["ops@example.com"])
  })
  it("is not sent in the clear: a server without STARTTLS, or with a certificate that nobody vouches for, gets nothing", async () => {
    const plain = kept(await mailSink({ disabledCommands: ["STARTTLS", "AUTH"] }))
    expect(await sendThrough(block(plain.port), "email")).toMatchObject({ retryable: false })
    const foreign = kept(await mailSink(aCertificate()))
    expect(await sendThrough(block(foreign.port), "email")).toMatchObject({ retryable: false })
    expect([...plain.mails, ...foreign.mails]).toEqual([])
    const allowed = await sendThrough(block(plain.port, { allow_plaintext: true }), "email")
    expect(allowed).toMatchObject({ receipt: expect.stringContaining("@") as string })
  })
  it("that is put off is tried again, one with a wrong password or to nobody is not; one bad recipient is a warning", async () => {
    const busy = kept(await mailSink(made, 451))
    expect(await sendThrough(block(busy.port), "email")).toMatchObject({ retryable: true })
    expect(await sendThrough(block(busy.port), "email")).toMatchObject({ receipt: expect.any(String) as string })
    const locked = kept(await mailSink({ ...made, onAuth: (_auth, _session, done) => done(new Error("wrong")) }))
    const login = { username: "tetra", password: "wrong-password" }
    expect(await sendThrough(block(locked.port, login), "email")).toMatchObject({ retryable: false })
    const recipients = ["nobody@example.com"]
    expect(await sendThrough(block(busy.port, { recipients }), "email")).toMatchObject({ retryable: false })
    const some = await sendThrough(block(busy.port, { recipients: [...recipients, "ops@example.com"] }), "email")
    expect(some).toMatchObject({ warning: "not taken for nobody@example.com" })
  })
})

describe.skipIf(process.platform === "win32")("desktop", () => {
  const asOn = async (platform: string, program: string | undefined, message = aMessage()) => {
    const folder = mkdtempSync(join(tmpdir(), "tetra-desktop-"))
    const notes = join(folder, "called-with")
    if (program !== undefined) {
      const script = `#!/bin/sh\nfor word in "$@"; do printf '%s\\n' "$word" >> ${notes}; done\n`
      writeFileSync(join(folder, program), script, { mode: 0o755 })
    }
    const before = { path: process.env["PATH"], platform: Object.getOwnPropertyDescriptor(process, "platform")! }
    process.env["PATH"] = program === undefined ? folder : `${folder}:${before.path}`
    Object.defineProperty(process, "platform", { ...before.platform, value: platform })
    try {
      const sent = await sendThrough({}, "desktop", message)
      return sent ?? readFileSync(notes, "utf8").trim().split("\n")
    } finally {
      process.env["PATH"] = before.path
      Object.defineProperty(process, "platform", before.platform)
      rmSync(folder, { recursive: true, force: true })
    }
  }
  it("calls the program of the system with its words one by one, whatever they say", async () => {
    const odd = aMessage({ subject: '--urgency=low "$(id)"', text: "`id`; \u001b[31mred" })
    expect(await asOn("linux", "notify-send", odd)).toEqual(["--app-name=tetra", "--", odd.subject, "`id`; red"])
    const mac = await asOn("darwin", "osascript", odd)
    expect((mac as ReadonlyArray<string>).slice(-2)).toEqual([odd.subject, "`id`; red"])
    expect((mac as ReadonlyArray<string>).slice(0, -2).join(" ")).not.toContain("urgency")
  })
  it("says which program is missing, once, where there is none", async () => {
    const missing = (program: string) => ({
      text: `there is no ${program} here: install it, or name another channel`,
      retryable: false
    })
    expect(await asOn("linux", undefined)).toEqual(missing("notify-send"))
    expect(await asOn("darwin", undefined)).toEqual(missing("osascript"))
  })
})

describe("a channel", () => {
  it("hides its secrets in what the other side says back: an address by its path, and wherever the text is cut", async () => {
    const secret = "T0CANARY/B0CANARY/canarycanary"
    const text = ({ path }: { readonly path: string }) => `${"x".repeat(170)} cannot POST ${path} ${"y".repeat(270)} ${path}`
    const sink = kept(await httpSink({ status: 404, text }))
    const channels = await someChannels({ slack: { webhook_url: `${sink.url}/services/${secret}`, allow_private: true } })
    const tested = await testChannel(
      { alerting: alertingOf({}, { environment: undefined, downstream: new Map() }), channel: channels.get("slack")! },
      { isDry: false, now: 0 }
    )
    expect(sink.taken[0]?.path).toBe(`/services/${secret}`)
    expect(tested).toMatchObject({ outcome: "failed", detail: expect.stringContaining("cannot POST /***") as string })
    expect(tested.detail).not.toContain("T0CANARY")
    expect(tested.detail.length).toBeLessThanOrEqual(500)
  })
  it("that is off says why: not configured, disabled, its secret is not set, another environment", async () => {
    const channels = await someChannels({
      slack: { webhook_url: "" },
      pagerduty: { enabled: false },
      webhook: { url: "https://example.com/hook", only: ["staging"] }
    })
    const off = (name: string) => channels.get(name)?.off
    expect([off("email"), off("pagerduty"), off("slack"), off("webhook"), off("console")]).toEqual([
      "it is not configured",
      "it is disabled",
      "webhook_url is not set",
      "it sends in staging only",
      undefined
    ])
  })
})

/** A server whose disk does not keep what was written: it says so, ends itself, and the next one goes on. */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { request } from "node:http"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { describe, expect, it, onTestFinished } from "vitest"
import { httpSink } from "../../packages/daemon/test/delivery/sinks/httpSink.ts"
import { aProject, labConfig, start, type TestProject } from "../e2e/support/project.ts"

const failing = pathToFileURL(join(import.meta.dirname, "support/failingSyncs.mjs")).href
const until = async <A>(
  what: string,
  look: () => A | undefined | false | Promise<A | undefined | false>,
  everyMs = 50
): Promise<A> => {
  for (const end = performance.now() + 30_000; performance.now() < end;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
  throw new Error(`${what} did not come about`)
}
interface Lab {
  readonly project: TestProject
  /** What people were told, as kind and number. */
  readonly told: () => ReadonlyArray<unknown>
  /** The server of now, as it wrote itself down. */
  readonly note: () => { readonly pid: number; readonly socket: string; readonly ended?: { readonly why: string } } | undefined
  /** The next sync of the server answers with an error. */
  readonly failNext: (code: string) => void
  readonly env: Readonly<Record<string, string>>
  readonly log: () => ReadonlyArray<{ readonly event?: string; readonly msg: string }>
}
const aLab = async (): Promise<Lab> => {
  const sink = await httpSink()
  onTestFinished(sink.close)
  const project = aProject(
    `${labConfig}alerting: { channels: { webhook: { url: "${sink.url}", secrets: [a-secret], allow_private: true } }, default_channels: [webhook] }\n`
  )
  const home = join(project.dir, ".tetra")
  const order = join(project.dir, "fail")
  const note = () =>
    existsSync(join(home, "daemon.json")) ? (JSON.parse(readFileSync(join(home, "daemon.json"), "utf8")) as never) : undefined
  return {
    project,
    told: () =>
      sink.taken
        .map(({ body }) => JSON.parse(body) as Readonly<Record<string, unknown>>)
        .filter(({ unrecorded }) => unrecorded === true)
        .map(({ kind, n, thread }) => ({ kind, n, thread })),
    note,
    failNext: (code) => writeFileSync(order, code),
    env: { NODE_OPTIONS: `--import=${failing}`, FAILING_SYNCS: order },
    log: () =>
      readFileSync(join(home, "logs", "daemon.jsonl"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as never)
  }
}
const live = (socketPath: string) =>
  new Promise<{ readonly status: number; readonly body: string } | undefined>((resolve) => {
    const asked = request({ socketPath, path: "/health/live" }, (answer) => {
      let body = ""
      answer.setEncoding("utf8").on("data", (piece: string) => (body += piece))
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body }))
    })
    asked.on("error", () => resolve(undefined)).end()
  })

describe("a server whose disk has not kept what was written", () => {
  it("says so, ends itself with a code of its own, and the next one has the store in order and says that it is over", async () => {
    const { env, failNext, log, note, project, told } = await aLab()
    const serving = start(project.dir, ["start", "--foreground"], env)
    onTestFinished(() => void serving.child.kill("SIGKILL"))
    await serving.seen("serving")
    expect(await project.tetra("run", "--mode", "quick")).toMatchObject({ code: 0 })
    const before = note()
    // Asked for later, the run might find no server any more, and go its own way.
    const slow = ["run", "--pipeline", "lab", "--names", "slow", "--pause", "1500"]
    expect(await project.tetra(...slow, "--detach")).toMatchObject({ code: 0 })
    failNext("EIO")
    const ended = await serving.done
    expect([ended.code, ended.stderr]).toEqual([5, expect.stringMatching(/the disk has not kept.*EIO.*brings it in order/u)])
    expect(log().filter(({ event }) => event === "store_lost")).toHaveLength(1)
    expect(told()).toEqual([expect.objectContaining({ kind: "trigger", n: 1 })])
    expect(note()).toMatchObject({ pid: before?.pid, ended: { why: expect.stringContaining("EIO") as string } })
    expect((await project.tetra("status")).stdout).toMatch(/daemon ended itself: the disk has not kept.*`tetra start` goes on/u)

    const next = start(project.dir, ["start", "--foreground"], env)
    onTestFinished(() => void next.child.kill("SIGKILL"))
    await next.seen("the last daemon ended itself")
    await next.seen("serving")
    await until("the run that the first has left", () => log().some(({ msg }) => msg.endsWith(" goes on")))
    await until("the message that it is over", () => told().length === 2)
    const [begun, over] = told()
    expect(over).toEqual({ ...(begun as object), kind: "resolve", n: 2 })
    expect(await project.tetra("run", "--mode", "quick", "--force", "--if-running", "queue")).toMatchObject({ code: 0 })
    expect((await project.tetra("state", "verify")).code).toBe(0)
    next.child.kill("SIGTERM")
    expect((await next.done).code).toBe(0)
  })
  it("answers 503 to who asks whether it lives, until it is gone", async () => {
    const { env, failNext, note, project } = await aLab()
    const serving = start(project.dir, ["start", "--foreground"], env)
    onTestFinished(() => void serving.child.kill("SIGKILL"))
    await serving.seen("serving")
    const { socket } = await until("its note", note)
    expect(await live(socket)).toMatchObject({ status: 200 })
    failNext("ENOSPC")
    const answers: Array<{ readonly status: number; readonly body: string }> = []
    const look = async () => {
      const answer = await live(socket)
      if (answer !== undefined) answers.push(answer)
      return serving.child.exitCode !== null
    }
    // A server at rest writes nothing. It is gone in a moment once it knows.
    const asked = project.tetra("run", "--mode", "quick", "--detach")
    await until("its end", look, 2)
    await asked
    expect(answers.at(-1)?.status, JSON.stringify(answers.at(-1))).toBe(503)
    expect(answers.at(-1)?.body).toMatch(/"live":false.*ENOSPC.*Free some space/u)
  })
  it("has no successor when somebody stopped it before", async () => {
    const { env, failNext, log, note, project } = await aLab()
    expect((await start(project.dir, ["start"], env).done).code).toBe(0)
    onTestFinished(async () => void (await project.tetra("stop", "--now")))
    const first = note()
    await project.tetra("run", "--pipeline", "lab", "--names", "slow", "--pause", "4000", "--detach")
    const stopped = project.tetra("stop")
    await until("its last work", () => log().some(({ msg }) => msg.startsWith("stopping: ")))
    failNext("EIO")
    await stopped
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    expect([undefined, first?.pid]).toContain(note()?.pid)
    expect(log().filter(({ event }) => event === "ready")).toHaveLength(1)
    expect(log().filter(({ event }) => event === "store_lost")).toHaveLength(1)
  })
  it("is started anew where nobody else would, in the background", async () => {
    const { env, failNext, note, project } = await aLab()
    expect((await start(project.dir, ["start"], env).done).code).toBe(0)
    onTestFinished(async () => void (await project.tetra("stop", "--now")))
    const first = note()
    failNext("EIO")
    await project.tetra("run", "--mode", "quick")
    await until("its successor", () => note()?.pid !== first?.pid && note()?.ended === undefined)
    // The successor may be at work on what the first has left.
    expect(await project.tetra("run", "--mode", "quick", "--force", "--if-running", "queue")).toMatchObject({ code: 0 })
  })
})

/** The programs that will read the files, asked whether they can, where they are on this machine. */
import { execFile } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { readCalendarText } from "./calendarText.ts"
import { dialects, timesOf } from "./dialects.ts"
import type { DeployFile, ReadRule, Target } from "./Target.ts"
import { zoneChanges } from "./windows.ts"

/** `said`: which program looked at the files; `problems`: what it does not like. */
export interface Verdict {
  readonly said: ReadonlyArray<string>
  readonly problems: ReadonlyArray<string>
}
interface Ended {
  readonly code: number | "missing"
  readonly out: string
}
const ask = (program: string, words: ReadonlyArray<string>, input?: string): Promise<Ended> =>
  new Promise((resolve) => {
    const env = { ...process.env, TZ: "UTC", LC_ALL: "C" }
    const child = execFile(
      program,
      [...words],
      { env, timeout: 30_000, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) return resolve({ code: 0, out: stdout })
        return resolve({
          code: typeof error.code === "number" ? error.code : error.code === "ENOENT" ? "missing" : 1,
          out: stderr || stdout
        })
      }
    )
    child.stdin?.on("error", () => {})
    child.stdin?.end(input ?? "")
  })
const firstLine = (text: string): string => text.trim().split("\n").at(-1) ?? ""
const withFolder = async <A>(files: ReadonlyArray<DeployFile>, use: (folder: string) => Promise<A>): Promise<A> => {
  const folder = await mkdtemp(join(tmpdir(), "tetra-deploy-"))
  try {
    for (const { path, text } of files) await writeFile(join(folder, path), text)
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
const iterations = 200
/** The next times of an `OnCalendar` text, as systemd says them; undefined without systemd. */
const elapses = async (text: string, now: number): Promise<ReadonlyArray<number> | string | undefined> => {
  const base = new Date(now).toISOString().slice(0, 19).replace("T", " ")
  const { code, out } = await ask("systemd-analyze", ["calendar", `--iterations=${iterations}`, `--base-time=${base} UTC`, text])
  if (code === "missing") return undefined
  if (code !== 0) return firstLine(out)
  return [...out.matchAll(/(?:Next elapse|Iter\. #\d+): \w+ (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)/gu)].map(([, date, time]) =>
    Date.parse(`${date}T${time}Z`)
  )
}
const calendarLines = (files: ReadonlyArray<DeployFile>): ReadonlyArray<string> =>
  files.flatMap(({ text }) => [...text.matchAll(/^OnCalendar=(.*)$/gmu)].map(([, value]) => value!))

const dayMs = 86_400_000
/**
 * What systemd makes of a text, when it is not what we make of it: over its next 200 times, and from two days before each of the next two changes of
 * the clock, which those of a dense schedule do not reach.
 */
const misread = async (text: string, now: number): Promise<string | undefined> => {
  const rule = readCalendarText(text) as ReadRule
  const changes = zoneChanges(rule.zone, now).slice(0, 2)
  for (const base of [now, ...changes.map((at) => Math.max(now, at - 2 * dayMs))]) {
    const said = await elapses(text, base)
    if (said === undefined) return "missing"
    if (typeof said === "string") return `systemd does not take OnCalendar=${text}: ${said}`
    const ours = timesOf(dialects.systemd, rule, base, said.at(-1) ?? base)
    const off = said.find((at, i) => at !== ours[i])
    if (off !== undefined) return `systemd reads OnCalendar=${text} as ${new Date(off).toISOString()}`
  }
  return undefined
}

const askSystemd = async (files: ReadonlyArray<DeployFile>, now: number): Promise<Verdict> => {
  const problems: Array<string> = []
  const texts = [...new Set(calendarLines(files))].filter((text) => typeof readCalendarText(text) !== "number")
  const answers = await Promise.all(texts.map((text) => misread(text, now)))
  if (answers.includes("missing")) return { said: [], problems: [] }
  problems.push(...answers.flatMap((answer) => answer ?? []))
  const verified = await withFolder(files, (folder) =>
    ask("systemd-analyze", ["verify", "--man=no", ...files.map(({ path }) => join(folder, path))])
  )
  const wrong = verified.out
    .split("\n")
    .filter((line) => files.some(({ path }) => line.includes(path) && !line.includes("is not executable")))
  return { said: ["systemd-analyze"], problems: [...problems, ...(verified.code === 0 ? [] : wrong)] }
}
const askPython = async (files: ReadonlyArray<DeployFile>): Promise<Verdict> => {
  const problems: Array<string> = []
  const sources = files.filter(({ path }) => path.endsWith(".py"))
  for (const { path, text } of sources) {
    const { code, out } = await ask("python3", ["-c", "import ast,sys; ast.parse(sys.stdin.read())"], text)
    if (code === "missing") return { said: [], problems: [] }
    if (code !== 0) problems.push(`python cannot read ${path}: ${firstLine(out)}`)
  }
  return { said: sources.length > 0 ? ["python"] : [], problems }
}
const askPlutil = async (files: ReadonlyArray<DeployFile>): Promise<Verdict> => {
  const problems: Array<string> = []
  for (const { path, text } of files) {
    const { code, out } = await ask("plutil", ["-lint", "-"], text)
    if (code === "missing") return { said: [], problems: [] }
    if (code !== 0) problems.push(`plutil cannot read ${path}: ${firstLine(out)}`)
  }
  return { said: ["plutil"], problems }
}
/** What stands in `written` and is not in `read`; figures may be spelled otherwise. */
const lost = (written: unknown, read: unknown, path: string): ReadonlyArray<string> => {
  if (read === undefined) return [path]
  if (typeof written !== "object" || written === null || typeof read !== "object" || read === null) return []
  const found = read as Readonly<Record<string, unknown>>
  return Object.entries(written).flatMap(([key, value]) => lost(value, found[key], path === "" ? key : `${path}.${key}`))
}
const podded = ["CronJob", "Deployment"]
/** kubectl reads what holds pods into its own types, and asks no cluster: what it does not know of is gone from its answer. */
const askKubectl = async (files: ReadonlyArray<DeployFile>): Promise<Verdict> => {
  const { parse } = await import("yaml")
  const documents = (text: string): ReadonlyArray<string> =>
    text.split(/^---$/mu).filter((one) => podded.includes(String((parse(one) as { readonly kind?: string } | null)?.kind)))
  const problems: Array<string> = []
  for (const { path, text } of files) {
    const written = documents(text)
    const words = ["set", "image", "--local", "--kubeconfig=/dev/null", "-f", "-", "-o", "yaml", "*=checked"]
    const { code, out } = await ask("kubectl", words, written.join("---"))
    if (code === "missing") return { said: [], problems: [] }
    const read = code === 0 ? documents(out) : []
    if (code !== 0) problems.push(`kubectl cannot read ${path}: ${firstLine(out)}`)
    for (const [i, one] of read.entries())
      problems.push(
        ...lost(parse(written[i] ?? ""), parse(one), "").map((where) => `kubectl knows nothing of ${where} in ${path}`)
      )
  }
  return { said: ["kubectl"], problems }
}
/** `now` in epoch milliseconds. */
export const askOracles = async (target: Target, files: ReadonlyArray<DeployFile>, now: number): Promise<Verdict> => {
  if (target === "systemd") return await askSystemd(files, now)
  if (target === "kubernetes") return await askKubectl(files)
  if (target === "launchd") return await askPlutil(files)
  if (target === "airflow" || target === "prefect") return await askPython(files)
  return { said: [], problems: [] }
}

/** Asks the health checks of plugins in a process of their own: one that blocks its thread, or ends its process, takes nothing else with it. */
import { fork } from "node:child_process"
import process from "node:process"
import { fileURLToPath } from "node:url"
import type { Project } from "../../planning/Project.ts"
import { projectSourceOf } from "./address.ts"
import { asksChecks, type CheckName, type FromChecks, type ToChecks } from "./checksProtocol.ts"
import { entry, execArgv, hasGroups, signalGroup } from "./hosts.ts"

/** How long loading the plugins may take, and how much longer than its patience a check may hold the thread, in milliseconds. */
const loadMs = 30_000
const slackMs = 1_000

/** What a check answered, whatever that is, or why it did not. */
export type Said = { readonly answer: unknown } | { readonly why: string }
interface Round {
  readonly said: ReadonlyMap<number, Said>
  /** The one that had the thread when the process was over. */
  readonly blocking: number | undefined
  readonly over: string
}
/** One process, until everything is said, its time is up, or it is gone. */
const askRound = (message: ToChecks): Promise<Round> =>
  new Promise((resolve) => {
    const said = new Map<number, Said>()
    let blocking: number | undefined
    let over: string | undefined
    const child = fork(fileURLToPath(entry), [String(process.pid), asksChecks], {
      detached: hasGroups,
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      execArgv: execArgv()
    })
    const end = (why: string): void => {
      over ??= why
      signalGroup(child, "SIGKILL")
    }
    let late = setTimeout(() => end(`its plugin was not loaded within ${loadMs / 1000} s`), loadMs)
    child.on("message", (told) => {
      const from = told as FromChecks
      if (from.kind === "begins") blocking = from.n
      else if (from.kind === "waits") blocking = undefined
      else if (from.kind === "said") said.set(from.n, { answer: from.answer })
      else if (from.kind === "failed") said.set(from.n, { why: from.why })
      else {
        clearTimeout(late)
        late = setTimeout(() => {
          const isBlocked = blocking !== undefined
          end(`no answer within ${message.patienceMs / 1000} s${isBlocked ? ", for it keeps its thread to itself" : ""}`)
        }, message.patienceMs + slackMs)
      }
      if (said.size === message.checks.length) end("")
    })
    child.on("error", (error) => end(`its process could not be started: ${error.message}`))
    child.on("close", (code, signal) => {
      clearTimeout(late)
      resolve({ said, blocking, over: over ?? `it ended its process (${signal ?? `exit code ${code}`})` })
    })
    child.on("spawn", () => child.send(message, () => undefined))
  })

/**
 * What each of the checks says, in their order. Undefined when no other process can load them: a program brought its plugins itself. The
 * process lives as long as they take, and knows nothing that a plugin keeps in the memory of this one.
 */
export const askChecksApart = (
  project: Project,
  checks: ReadonlyArray<CheckName>,
  patienceMs: number
): Promise<ReadonlyArray<Said>> | undefined => {
  const whole = projectSourceOf(project)
  if (whole === undefined) return undefined
  const contributing = new Set(checks.map(({ plugin }) => plugin))
  const source = {
    ...whole,
    plugins: whole.plugins.filter((name) => contributing.has(project.catalogue.names.get(name) ?? name))
  }
  const ask = async (): Promise<ReadonlyArray<Said>> => {
    const answers = new Map<CheckName, Said>()
    // Whoever blocked is known; those that it held up are asked again without it.
    for (let left = checks; left.length > 0;) {
      const { blocking, over, said } = await askRound({ source, checks: left, patienceMs })
      for (const [n, one] of said) answers.set(left[n]!, one)
      const unsaid = left.filter((check) => !answers.has(check))
      const culprit = unsaid.find((check) => blocking !== undefined && check === left[blocking])
      for (const check of culprit === undefined ? unsaid : [culprit]) answers.set(check, { why: over })
      left = culprit === undefined ? [] : unsaid.filter((check) => check !== culprit)
    }
    return checks.map((check) => answers.get(check)!)
  }
  return ask()
}

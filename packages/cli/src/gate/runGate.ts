/** `tetra run --schedule ID --scheduled-by X`: what other schedulers call. Runs what is due, each occurrence once, or ends at once. */
import { setTimeout as sleep } from "node:timers/promises"
import { userInfo } from "node:os"
import process from "node:process"
import { nearest, type Project, type Stores } from "@tetra/core/engine"
import { layerStore } from "@tetra/core/storage"
import {
  answerOf,
  begun,
  type Claim,
  claim,
  type Driver,
  drivers,
  handOver,
  instantText,
  keepAnswer,
  refused,
  specsOf,
  type Waiting
} from "@tetra/daemon/schedule"
import { Effect } from "effect"
import { runScheduled } from "../commands/run.ts"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { oneLine } from "../output/plain/text.ts"
import type { Call } from "../program.ts"
import { flag, list, openProject, storePlaceOf, text } from "../project/open.ts"
import { perform } from "../runtime.ts"

/** How long what an occurrence waits for is not looked at again. */
const pollMs = 2_000
const say = (line: string): void => void process.stderr.write(`${oneLine(line)}\n`)

const driverOf = (word: string | undefined): Driver => {
  const known = drivers.filter((driver) => driver !== "none")
  const found = known.find((driver) => driver === word)
  if (found !== undefined) return found
  const close = word === undefined ? undefined : nearest(word, known)
  throw new Refusal(word === undefined ? "--schedule needs --scheduled-by: who asks?" : `there is no scheduler "${word}"`, {
    hint: close === undefined ? `one of ${known.join(", ")}` : `did you mean --scheduled-by ${close}?`
  })
}
const schedulesOf = (call: Call, project: Project): ReadonlyArray<string> => {
  const given = list(call, "schedule")
  const ids = specsOf(project).map(({ id }) => id)
  const unknown = given.find((id) => !ids.includes(id))
  if (unknown === undefined) return given
  const close = nearest(unknown, ids)
  throw new Refusal(`there is no schedule "${unknown}"`, {
    hint: close === undefined ? "`tetra schedule` lists them" : `did you mean "${close}"?`
  })
}
const others = ["mode", "resume", "attach", "commandId", "dryRun", "force", "startDate", "endDate", "days", "seed"]
const refuseOthers = (call: Call): void => {
  const name = others.find((other) => call.options[other] !== undefined)
  if (name === undefined && list(call, "pipeline").length + list(call, "param").length === 0 && call.args.length === 0) return
  throw new Refusal("--schedule says what runs: no mode, pipeline or parameter goes with it", {
    hint: "`tetra run --pipeline P` runs a pipeline now, whatever its schedule says"
  })
}
/** Partial is worse than completed, an interruption than partial, a failure than all. */
const severity: ReadonlyArray<ExitCode> = [
  exitCodes.completed,
  exitCodes.partial,
  exitCodes.notRun,
  exitCodes.interrupted,
  exitCodes.usage,
  exitCodes.failed
]
const worse = (a: ExitCode, b: ExitCode): ExitCode => (severity.indexOf(a) >= severity.indexOf(b) ? a : b)

interface Gate {
  readonly call: Call
  readonly project: Project
  readonly ids: ReadonlyArray<string>
  readonly driver: Driver
  readonly inStore: <A, E>(work: Effect.Effect<A, E, Stores>) => Promise<A>
}
const takeOver = async ({ driver, ids, inStore, project }: Gate): Promise<void> => {
  const by = userInfo().username
  const taken = await inStore(handOver(specsOf(project), ids, { to: driver, by, now: Date.now() }))
  for (const id of taken) say(`${id} is driven by ${driver} from now on`)
}
/**
 * Runs a claimed occurrence; that it was refused is recorded, too. Where only the store was out of reach nothing is decided: the claim runs out, and the
 * next call has it.
 */
const runClaimed = async (
  { call, inStore, project }: Gate,
  { asked, tick }: Extract<Claim, { _tag: "Run" }>
): Promise<ExitCode> => {
  say(`${tick.key} is due: ${asked.detail}`)
  let isBegun = false
  try {
    return await runScheduled(call, project, asked, (run) => {
      isBegun = true
      return begun(tick, run)
    })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (!isBegun && error.code !== exitCodes.failed) await inStore(refused(tick, error.message))
    say(`${tick.key}: ${error.message}`)
    return error.code
  }
}
const nothingText = (ids: ReadonlyArray<string>, nextAt: number): string =>
  `nothing due of ${ids.join(", ")}${Number.isFinite(nextAt) ? `; next ${instantText(nextAt)}` : ""}`

/** Until nothing more is due: what came due while something ran is not left to the next call. */
const runDue = async (gate: Gate): Promise<{ readonly code: ExitCode; readonly ran: ReadonlyArray<string> }> => {
  let code: ExitCode = exitCodes.completed
  let waited = ""
  let waiting: Waiting | undefined
  const ran: Array<string> = []
  for (;;) {
    const found = await gate.inStore(claim({ ...gate, waiting }, Date.now()))
    waiting = undefined
    if (found._tag === "Held")
      throw new Refusal(`schedules are held: ${found.reason}`, {
        code: exitCodes.notRun,
        hint: "`tetra schedule resume --accept-clock`, when the clock is right now"
      })
    if (found._tag === "Nothing") {
      if (ran.length === 0) say(nothingText(gate.ids, found.nextAt))
      return { code, ran }
    }
    if (found._tag === "Waits") {
      if (waited !== found.why) say(`${found.waiting.key} waits: ${found.why}`)
      waited = found.why
      waiting = found.waiting
      await sleep(pollMs)
      continue
    }
    ran.push(found.tick.key)
    code = worse(code, await runClaimed(gate, found))
    if (code === exitCodes.interrupted) return { code, ran }
  }
}
export const runGate = async (call: Call): Promise<ExitCode> => {
  refuseOthers(call)
  const driver = driverOf(text(call, "scheduledBy"))
  const project = await openProject(call)
  const ids = schedulesOf(call, project)
  const place = storePlaceOf(project)
  const inStore: Gate["inStore"] = (work) => perform(work.pipe(Effect.provide(layerStore(place)), Effect.scoped))
  const gate: Gate = { call, project, ids, driver, inStore }
  const key = text(call, "triggerKey")
  const known = key === undefined ? undefined : await inStore(answerOf(driver, key))
  if (known !== undefined) {
    say(
      `the trigger key ${key} was answered before: ${known.ran.length === 0 ? "nothing was due" : `${known.ran.join(", ")} ran`}`
    )
    return known.code as ExitCode
  }
  if (flag(call, "takeOver")) await takeOver(gate)
  const answer = await runDue(gate)
  if (key !== undefined && answer.code !== exitCodes.interrupted) await inStore(keepAnswer(driver, key, answer, Date.now()))
  return answer.code
}

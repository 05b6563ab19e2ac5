/** A run that a server has: begun, asked for something, and followed to its end. */
import type { LiveEvent } from "../domain.ts"
import { Follower } from "../attach/Follower.ts"
import { ask, type Asked, type Remote } from "../attach/client.ts"
import { Refusal } from "../failure.ts"
import { dateTime } from "../output/plain/amounts.ts"
import { oneLine } from "../output/plain/text.ts"
import { isBefore, note } from "../session.ts"
import { isOver, type Patience } from "./Patience.ts"

export interface Begun {
  readonly run: string
  /** Events that were recorded before. */
  readonly after: number
  /** How far its log went. */
  readonly bytes: number
  readonly resumed: boolean
  readonly created?: boolean
  readonly notes: ReadonlyArray<string>
}
/** Of a command in the record, in characters. */
const longestTyped = 8_000
/** What was typed, as a server takes it. */
export const typedFor = (typed: string): string => oneLine(typed).slice(0, longestTyped)

/** A server tells instants in UTC: people read their own. */
const inLocalTime = (text: string): string =>
  text.replaceAll(/(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}) UTC/gu, (_, day: string, time: string) =>
    dateTime(Date.parse(`${day}T${time}Z`))
  )
/** Begins a run, or goes on with one. */
export const askToBegin = async (remote: Remote, asked: Omit<Asked, "method">): Promise<Begun> => {
  try {
    return await ask<Begun>(remote, { method: "POST", ...asked })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw new Refusal(inLocalTime(error.message), { code: error.code, ...(error.hint === undefined ? {} : { hint: error.hint }) })
  }
}
/** Asks a run for something; `say` is told why it cannot be. */
export const order = (
  remote: Remote,
  run: string,
  {
    reason,
    say,
    what
  }: { readonly what: "cancel" | "pause" | "resume"; readonly reason: string; readonly say: (line: string) => void }
): void => {
  const refused = (error: unknown): void => {
    // What is over needs no word.
    if (!/has ended already/u.test(String(error))) say(note(oneLine(`cannot ${what}: ${String(error)}`)))
  }
  ask(remote, { method: "POST", path: `/api/v1/runs/${run}/${what}`, body: { reason, by: "user" } }).catch(refused)
}

export interface Shown {
  readonly see: (event: LiveEvent) => void
  /** An event of before it was begun here. */
  readonly recall: (event: LiveEvent) => void
  readonly say: (line: string) => void
}
export interface Following extends Pick<Begun, "run" | "after" | "bytes"> {
  readonly remote: Remote
  readonly home: string
  readonly show: Shown
  readonly patience: Patience
  /** Everything that was recorded before has been told. */
  readonly caughtUp?: () => void
  /** Is given how to leave the run to its server. */
  readonly left?: (leave: () => void) => void
}
/** Follows until the run is over, its server is gone for too long, or the person leaves the run to it. */
export const followServed = async ({
  after,
  bytes,
  caughtUp,
  home,
  left,
  patience,
  remote,
  run,
  show
}: Following): Promise<"ended" | "gone" | "left"> => {
  let how: "ended" | "gone" | "left" = "ended"
  let hasTold = false
  const leave = (as: "gone" | "left"): void => {
    how = as
    follower.close()
  }
  const look = async (lostAt: number): Promise<void> => {
    if (await isOver(remote, home, Date.now() - lostAt, patience)) leave("gone")
  }
  const follower: Follower = new Follower({
    remote,
    run,
    from: { seq: 0, bytes },
    told: {
      stood: ({ lostAt, reason, state }) => {
        if (state === "live") {
          hasTold = false
          caughtUp?.()
        }
        if (state !== "down") return
        if (!hasTold) show.say(note(oneLine(`the server does not answer (${reason ?? ""}): the run is as it was; trying again`)))
        hasTold = true
        void look(lostAt ?? Date.now())
      },
      cleared: () => undefined,
      event: (event) => {
        if (isBefore(event, after)) return show.recall(event)
        show.see(event)
        return event._tag === "RunEnded" ? follower.close() : undefined
      },
      note: (text) => show.say(note(text)),
      newer: () => undefined
    }
  })
  left?.(() => leave("left"))
  await follower.follow()
  return how
}
export const goneText = (run: string): string => `the server of run ${run} is gone; what was finished is kept`

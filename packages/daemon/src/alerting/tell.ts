/** Who is told what, and when: threads of incidents, their messages, repeats and ladders. Pure. */
import type { Fresh } from "../Collection.ts"
import { inOrder, messageOf, type Told } from "./message.ts"
import { deliveries, deliveryKey, type KeptMessage, type ThreadBody } from "./records.ts"
import type { Alerting, Ladder } from "./Rule.ts"
import type { Work } from "./State.ts"

/** More threads than this within a group interval are one. */
export const stormAbove = 20

type Thread = Fresh<ThreadBody>
const isOpen = ({ body }: Told): boolean => body.state === "firing"
const isAcked = ({ body: { ack } }: Told, now: number): boolean => ack !== undefined && now < ack.until
/** It calls for somebody: open, not muted, and nobody has it in hand. */
const calls = (told: Told, now: number): boolean => isOpen(told) && told.body.muted === undefined && !isAcked(told, now)
const membersOf = ({ incidents }: Work, { members }: ThreadBody): ReadonlyArray<Told> =>
  members.flatMap((key) => {
    const entry = incidents.get(key)
    return entry === undefined ? [] : [{ key, body: entry.body }]
  })
const keep = (work: Work, key: string, body: ThreadBody): void => {
  const at = work.threads.get(key)?.at ?? work.now
  work.threads.put({ key, at, body, due: at })
}

interface Post {
  readonly kind: KeptMessage["kind"]
  readonly note?: string
  readonly isOver?: boolean
  /** What the channel is told of; default: what it was told of before, and what names it. */
  readonly about?: ReadonlyArray<Told>
}
/** Queues a message to one channel, and answers the thread with it. */
const post = (
  alerting: Alerting,
  work: Work,
  { body, key }: Pick<Thread, "body" | "key">,
  channel: string,
  what: Post
): ThreadBody => {
  const before = body.channels[channel]
  const all = membersOf(work, body)
  const named = all.filter((one) => one.body.channels.includes(channel) || before?.members.includes(one.key) === true)
  const about = what.about ?? (named.length > 0 ? named : all)
  if (about.length === 0) return body
  const n = (before?.n ?? 0) + 1
  const { kind, note } = what
  const message = messageOf(alerting, about, { kind, thread: key, n, now: work.now, note })
  const delivery = { channel, message, state: "queued", attempt: 0 } as const
  work.deliveries.push(deliveries.put({ key: deliveryKey(key, channel, n), at: work.now, body: delivery, due: work.now }, 0))
  const mark = { n, at: work.now, isOver: what.isOver === true, members: about.map((one) => one.key) }
  const newsAt = kind === "resolve" || kind === "ack" ? body.newsAt : work.now
  return { ...body, newsAt, channels: { ...body.channels, [channel]: mark } }
}
const postAll = (
  alerting: Alerting,
  work: Work,
  thread: Pick<Thread, "body" | "key">,
  channels: ReadonlyArray<string>,
  what: Post
): ThreadBody => channels.reduce((body, channel) => post(alerting, work, { key: thread.key, body }, channel, what), thread.body)

/** Channels that the members name and that have not heard of them. */
const unheard = (work: Work, body: ThreadBody): ReadonlyArray<string> => {
  const named = membersOf(work, body)
    .filter((one) => calls(one, work.now))
    .flatMap((one) => one.body.channels)
  return [...new Set(named)].filter((channel) => body.channels[channel] === undefined)
}
/** Channels that wait for the end of what they were told. */
const listening = ({ channels }: ThreadBody): ReadonlyArray<string> =>
  Object.entries(channels).flatMap(([name, { isOver }]) => (isOver ? [] : [name]))

/** When a step of a ladder comes. A further round begins as long behind the last step as that came behind the one before. */
const stepAt = (ladder: Ladder, since: number, round: number, next: number): number => {
  const last = ladder.steps.at(-1)?.afterMs ?? 0
  const gap = last - (ladder.steps.at(-2)?.afterMs ?? 0)
  return since + round * (last + Math.max(gap, 60_000)) + (ladder.steps[next]?.afterMs ?? 0)
}
const climb = (alerting: Alerting, work: Work, thread: Thread): ThreadBody => {
  const { body, key } = thread
  const { now } = work
  const names = membersOf(work, body).filter((one) => calls(one, now) && one.body.escalation !== undefined)
  const name = names.toSorted(inOrder)[0]?.body.escalation
  const ladder = alerting.ladders.get(body.ladder?.name ?? name ?? "")
  if (name === undefined || ladder === undefined || ladder.steps.length === 0) return body
  const at = body.ladder ?? { name: ladder.name, since: now, next: 0, round: 0, at: stepAt(ladder, now, 0, 0) }
  let result: ThreadBody = { ...body, ladder: at }
  for (let { next, round } = at; ;) {
    const due = stepAt(ladder, at.since, round, next)
    result = { ...result, ladder: { ...at, next, round, at: due } }
    const step = ladder.steps[next]
    if (step === undefined || round > ladder.repeat || due > now) return result
    const channels = step.channels.filter((channel) => result.channels[channel]?.at !== now)
    for (const channel of channels) {
      const kind = result.channels[channel]?.isOver === false ? "update" : "trigger"
      const note = `nobody has acknowledged it: step ${next + 1} of ${ladder.steps.length} of ${ladder.name}`
      result = post(alerting, work, { key, body: result }, channel, { kind, ...(next + round > 0 ? { note } : {}) })
    }
    ;[next, round] = next + 1 < ladder.steps.length ? [next + 1, round] : [0, round + 1]
  }
}

const repeatOf = (members: ReadonlyArray<Told>): number => Math.min(...members.map(({ body }) => body.repeatMs))
const openThread = (work: Work, members: ReadonlyArray<Told>, isStorm: boolean): void => {
  const key = members.toSorted(inOrder)[0]!.key
  for (const one of members) work.incidents.edit(one.key, (body) => ({ ...body, thread: key }))
  const keys = members.map((one) => one.key)
  keep(work, key, { members: keys, channels: {}, newsAt: work.now, repeatAt: work.now + repeatOf(members), isStorm })
}
/** Puts what waits to be told into threads: one for what belongs together, and one for all when too much begins at once. */
export const gather = (alerting: Alerting, work: Work): void => {
  const waiting = work.incidents
    .all()
    .filter((one) => one.body.thread === undefined && calls(one, work.now))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const due = new Set(waiting.filter(({ body }) => body.tellAt <= work.now).map(({ body }) => body.group))
  if (due.size === 0) return
  const recent = work.threads.all().filter((thread) => work.now - thread.at < alerting.groupIntervalMs)
  const groups = Map.groupBy(
    waiting.filter(({ body }) => due.has(body.group)),
    ({ body }) => body.group
  )
  if (recent.length + groups.size <= stormAbove) {
    for (const members of groups.values()) openThread(work, members, false)
    return
  }
  const all = [...groups.values()].flat()
  const storm = recent.find(({ body }) => body.isStorm)
  if (storm === undefined) return openThread(work, all, true)
  for (const one of all) work.incidents.edit(one.key, (body) => ({ ...body, thread: storm.key }))
  const updateAt = Math.max(work.now, storm.body.newsAt + alerting.groupIntervalMs)
  keep(work, storm.key, { ...storm.body, members: [...storm.body.members, ...all.map(({ key }) => key)], updateAt })
}

/** Everything that a thread has to say now. */
const speak = (alerting: Alerting, work: Work, thread: Thread): ThreadBody => {
  const { now } = work
  const members = membersOf(work, thread.body)
  const open = members.filter(isOpen)
  let { body } = thread
  if (open.length === 0) {
    const {
      ladder: _ladder,
      updateAt: _update,
      ...rest
    } = postAll(alerting, work, thread, listening(body), { kind: "resolve", isOver: true })
    return rest
  }
  if (!open.some((one) => calls(one, now))) {
    // Who has it in hand is not pressed; when that lapses, the ladder begins anew.
    const { ladder: _ladder, ...rest } = body
    return rest
  }
  body = postAll(alerting, work, thread, unheard(work, body), { kind: "trigger" })
  // Came back after it was told to be over.
  const isSilent = Object.values(body.channels).every(({ isOver }) => isOver)
  const backAt = isSilent ? Math.max(now, body.newsAt + alerting.groupIntervalMs) : undefined
  const updateAt = Math.min(body.updateAt ?? Infinity, backAt ?? Infinity)
  const isUpdate = updateAt <= now
  if (isUpdate || body.repeatAt <= now) {
    const { updateAt: _update, ...rest } = body
    const about = open.filter((one) => calls(one, now))
    const note = isUpdate ? undefined : "it is still so"
    const channels = Object.keys(rest.channels).filter((channel) => rest.channels[channel]!.at !== now)
    const what: Post = { kind: "update", ...(note === undefined ? {} : { note }) }
    body = postAll(alerting, work, { key: thread.key, body: { ...rest, repeatAt: now + repeatOf(about) } }, channels, what)
  } else if (updateAt !== Infinity) body = { ...body, updateAt }
  return climb(alerting, work, { ...thread, body })
}
export const tellAll = (alerting: Alerting, work: Work): void => {
  gather(alerting, work)
  for (const thread of work.threads.all()) {
    const body = speak(alerting, work, thread)
    const isOver = membersOf(work, body).every((one) => !isOpen(one) && work.incidents.get(one.key)?.due === undefined)
    if (isOver) work.threads.put({ ...thread, body, due: undefined })
    else keep(work, thread.key, body)
  }
}
/** When something is due by time alone, each an instant that may be past while something else holds it back. */
export const instantsOf = (work: Work): ReadonlyArray<number> => [
  ...work.incidents
    .all()
    .flatMap(({ body }) => [
      ...(body.state === "firing" && body.thread === undefined ? [body.tellAt] : []),
      ...(body.ack === undefined ? [] : [body.ack.until])
    ]),
  ...work.threads
    .all()
    .flatMap(({ body, due }) =>
      due === undefined ? [] : [body.repeatAt, body.updateAt ?? Infinity, body.ladder?.at ?? Infinity]
    )
]

/** Somebody has it in hand: repeats and ladder stop, and the channels that were told hear of it. */
export const tellAck = (alerting: Alerting, work: Work, incident: string, note: string): void => {
  const entry = work.incidents.get(incident)
  const thread = entry?.body.thread === undefined ? undefined : work.threads.get(entry.body.thread)
  if (thread === undefined) return
  const { ladder: _ladder, ...body } = postAll(alerting, work, thread, listening(thread.body), { kind: "ack", note })
  keep(work, thread.key, body)
}

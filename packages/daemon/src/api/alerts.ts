import { randomUUID } from "node:crypto"
import { durationMs, type LedgerConflict, type Project } from "@tetra/core/engine"
import { Clock, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import {
  ackMs,
  acknowledge,
  alertingFor,
  allSilences,
  deliveries,
  type Incident,
  incidents,
  mostSilenceMs,
  openIncidents,
  readMatcher,
  silence,
  testChannel,
  unsilence
} from "../alerting/index.ts"
import { channelsOf } from "../delivery/Channel.ts"
import { asProblem } from "../server/RunService.ts"
import type { AlertBody } from "./alertsGroup.ts"
import { Api } from "./definition.ts"
import { cutPage, type Place, placeOfPage } from "./pages.ts"
import { Conflict, Invalid, NotFound } from "./problems.ts"

const told = (detail: string) => ({ detail, errors: [] })
const bodyOf = ({ body, key }: Incident): typeof AlertBody.Type => {
  const { ack, flaps, muted, reason, resolvedAt, rule, severity, since, state, subject, text } = body
  return {
    id: key,
    rule,
    severity,
    state,
    ...subject,
    text,
    since,
    flaps,
    ...(resolvedAt === undefined ? {} : { resolved_at: resolvedAt }),
    ...(reason === undefined ? {} : { reason }),
    ...(muted === undefined ? {} : { muted }),
    ...(ack === undefined ? {} : { ack })
  }
}
/** As JSON has it: without what is undefined. */
const plainJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null))
const isBehind = ({ at, key }: Place, after: Place): boolean => at < after.at || (at === after.at && key < after.key)
/** As long lists are told, behind a place. */
const newestFirst = (all: ReadonlyArray<Incident>, after: Place | undefined): ReadonlyArray<Incident> =>
  all.toSorted((a, b) => (isBehind(b, a) ? -1 : 1)).filter((one) => after === undefined || isBehind(one, after))
const noAlert = (id: string) => new NotFound(told(`there is no alert "${id}": GET /api/v1/alerts lists them`))
const lasts = (written: string, most: number) =>
  Effect.suspend(() => {
    const ms = durationMs(written)
    if (ms !== undefined && ms > 0 && ms <= most) return Effect.succeed(ms)
    return Effect.fail(new Invalid(told(`for: "${written}" is no duration up to ${most / 86_400_000} days, such as 30m or 2h`)))
  })
/** The server's own watch may have been first: then it is looked at again. */
const again = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E | LedgerConflict, R>) =>
  Effect.retry(effect, { times: 5, while: ({ _tag }) => _tag === "LedgerConflict" })

export interface AlertsFacts {
  readonly project: () => Project
  readonly by: string
}
export const alertsOf = ({ by, project }: AlertsFacts) =>
  HttpApiBuilder.group(Api, "alerts", (handlers) =>
    handlers.handleAll({
      list: ({ query: { state = "open", ...page } }) =>
        Effect.gen(function* () {
          const { after, limit } = yield* placeOfPage(page)
          const found =
            state === "open"
              ? Effect.map(openIncidents, (all) => newestFirst(all, after))
              : incidents.list({ newestFirst: true, limit: limit + 1, ...(after === undefined ? {} : { after }) })
          const { items, next_cursor } = cutPage(yield* asProblem(found), limit, ({ at, key }) => ({ at, key }))
          return { items: items.map(bodyOf), next_cursor }
        }),
      one: ({ params: { id } }) =>
        Effect.gen(function* () {
          const found = yield* asProblem(incidents.get(id))
          if (found === undefined) return yield* noAlert(id)
          const sent = yield* asProblem(deliveries.list({ prefix: `${found.body.thread ?? id}|` }))
          const messages = sent.map(({ body: { attempt, channel, error, message, receipt, sentAt, state } }) => {
            const detail = error ?? receipt
            const more = { ...(sentAt === undefined ? {} : { sent_at: sentAt }), ...(detail === undefined ? {} : { detail }) }
            return { channel, kind: message.kind, state, attempt, ...more }
          })
          return { alert: bodyOf(found), messages }
        }),
      ack: ({ params: { id }, payload: { for: written, note = "" } }) =>
        Effect.gen(function* () {
          const now = yield* Clock.currentTimeMillis
          const until = now + (written === undefined ? ackMs : yield* lasts(written, mostSilenceMs))
          const taken = yield* asProblem(again(acknowledge(alertingFor(project()), id, { by, note, until }, now)))
          if (taken !== undefined) return bodyOf(taken)
          if ((yield* asProblem(incidents.get(id))) === undefined) return yield* noAlert(id)
          return yield* new Conflict(told(`alert ${id} is over already`))
        }),
      silences: () =>
        asProblem(
          Effect.gen(function* () {
            const now = yield* Clock.currentTimeMillis
            const all = (yield* allSilences).filter(({ body }) => now < body.until)
            return { items: all.map(({ body, key }) => ({ ...body, id: key, matchers: body.matchers.map(matcherText) })) }
          })
        ),
      silence: ({ payload: { comment, for: written, matchers } }) =>
        Effect.gen(function* () {
          const now = yield* Clock.currentTimeMillis
          const read = matchers.map(readMatcher)
          const wrong = matchers.find((_, i) => read[i] === undefined)
          if (wrong !== undefined)
            return yield* new Invalid(told(`matchers: "${wrong}" is none: write name=value, name!=value or name=data_*`))
          const id = randomUUID().slice(0, 8)
          const until = now + (yield* lasts(written, mostSilenceMs))
          const body = { matchers: read.filter((one) => one !== undefined), from: now, until, by, comment }
          yield* asProblem(silence(id, body, now))
          return { ...body, id, matchers: body.matchers.map(matcherText) }
        }),
      unsilence: ({ params: { id } }) =>
        Effect.gen(function* () {
          const isDone = yield* asProblem(again(unsilence(id, yield* Clock.currentTimeMillis)))
          return isDone ? { id } : yield* new NotFound(told(`there is no silence "${id}" in force`))
        }),
      test: ({ params: { channel: name } }) =>
        Effect.gen(function* () {
          const channel = channelsOf(project()).get(name)
          if (channel === undefined) return yield* new NotFound(told(`there is no channel "${name}"`))
          const now = yield* Clock.currentTimeMillis
          const tested = yield* Effect.promise(() =>
            testChannel({ alerting: alertingFor(project()), channel }, { isDry: false, now })
          )
          return {
            outcome: tested.outcome,
            detail: tested.detail,
            latency_ms: tested.latencyMs,
            rendered: plainJson(tested.rendered)
          }
        })
    })
  )
const matcherText = ({ name, sign, value }: { readonly name: string; readonly sign: string; readonly value: string }): string =>
  `${name}${sign}${value}`

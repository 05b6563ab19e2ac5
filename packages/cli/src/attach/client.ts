/** Requests to a server, over its socket or an address. */
import type { IncomingMessage, RequestOptions } from "node:http"
import { dirname } from "node:path"
import process from "node:process"
import { text as wholeText } from "node:stream/consumers"
import { exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { blockedRefusal, blockedServer } from "./blockedServer.ts"

/** Where a server is. */
export type Remote =
  | { readonly _tag: "Socket"; readonly path: string }
  | { readonly _tag: "Http"; readonly url: URL; readonly token: string | undefined }

export const remoteText = (remote: Remote): string => (remote._tag === "Socket" ? remote.path : remote.url.origin)

export interface Asked {
  readonly method: "GET" | "POST" | "DELETE"
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly signal?: AbortSignal
}
/** Opens a request; what it fails with is the system's own error. */
export const open = (remote: Remote, { body, headers, method, path, signal }: Asked): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const own: Record<string, string> = { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers }
    const base: RequestOptions = { method, path, headers: own, ...(signal === undefined ? {} : { signal }) }
    const isSecure = remote._tag === "Http" && remote.url.protocol === "https:"
    const where: RequestOptions =
      remote._tag === "Socket"
        ? { socketPath: remote.path }
        : {
            host: remote.url.hostname.replace(/^\[|\]$/gu, ""),
            port: remote.url.port,
            headers: remote.token === undefined ? own : { ...own, authorization: `Bearer ${remote.token}` }
          }
    // An import of it would load all that it can give, half of a command's start: a whole client for `fetch` among it.
    const { request } = process.getBuiltinModule(isSecure ? "node:https" : "node:http")
    const sent = request({ ...base, ...where }, resolve)
    sent.once("error", reject)
    if (body === undefined) return void sent.end()
    const text = JSON.stringify(body)
    // A DELETE tells no length by itself, and its body would be taken for the next request.
    sent.setHeader("content-length", Buffer.byteLength(text))
    return void sent.end(text)
  })

/** What a server refused. */
export class Refused extends Refusal {
  readonly status: number | undefined
  constructor(message: string, status: number | undefined) {
    super(message, { code: exitCodes.notRun })
    this.status = status
  }
}
interface ProblemBody {
  readonly detail?: string
  readonly errors?: ReadonlyArray<{ readonly path: string; readonly detail: string; readonly hint: string }>
}
const problemText = (body: unknown, status: number | undefined): string => {
  const { detail, errors = [] } = (body ?? {}) as ProblemBody
  const parts = errors.map(({ detail: what, hint, path }) => [path, what, hint].filter((part) => part !== "").join(": "))
  return [detail ?? `the server answered ${status ?? "nothing"}`, ...parts].join("; ")
}
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
interface Answer {
  readonly status: number | undefined
  readonly body: unknown
}
const once = async (remote: Remote, asked: Asked): Promise<Answer> => {
  const response = await open(remote, asked)
  return { status: response.statusCode, body: parsed(await wholeText(response)) }
}
/** The connection was there, and broke before the whole answer. */
const isCut = (error: unknown): boolean => ["ECONNRESET", "EPIPE"].includes((error as NodeJS.ErrnoException).code ?? "")
/** The same request came in before, and is at work. */
const isAtWork = ({ body, status }: Answer): boolean => status === 409 && problemText(body, status).includes("is still at work")

/** How often, and after how many milliseconds, it is asked again what became of a request whose answer was cut off. */
interface AfterCut {
  readonly tries: number
  readonly waitMs: number
  /** How long one answer may take, in milliseconds. */
  readonly answerMs: number
}
/** Longest that an answer is waited for, in milliseconds. */
const answerMs = 30_000
const usualAfterCut: AfterCut = { tries: 25, waitMs: 200, answerMs }
/** Asks again with the same key until somebody answers: the server of before, or its successor. */
const askAgain = async (remote: Remote, asked: Asked, { answerMs: withinMs, tries, waitMs }: AfterCut): Promise<Answer> => {
  for (let left = tries; left > 0; left--) {
    await new Promise((resolve) => setTimeout(resolve, waitMs))
    const signal = asked.signal ?? AbortSignal.timeout(withinMs)
    const answer = await once(remote, { ...asked, signal }).catch(() => undefined)
    if (answer !== undefined && !isAtWork(answer)) return answer
  }
  const key = asked.headers?.["idempotency-key"]
  throw new Refusal(
    `the connection to ${remoteText(remote)} was cut before it answered, and nobody answers now: it may have begun`,
    {
      code: exitCodes.notRun,
      hint: `\`tetra status\` says what runs${asked.path === "/api/v1/runs" ? `; the same command with --command-id ${key} does it once` : ""}`
    }
  )
}
/** Asked twice they make two, or are kept for nothing. */
const isWithoutKey = /\/(?:tokens|dry-run)$/u
/** A key, so that what is asked again is done once. */
const keyed = (asked: Asked): Asked =>
  asked.method !== "POST" || isWithoutKey.test(asked.path)
    ? asked
    : { ...asked, headers: { "idempotency-key": globalThis.crypto.randomUUID(), ...asked.headers } }
/** The answer of a route. What the server refuses, and a server that is not there, is a `Refusal`. */
export const ask = async <A>(remote: Remote, plain: Asked, afterCut = usualAfterCut): Promise<A> => {
  const asked = keyed(plain)
  const isSafe = asked.method === "GET" || asked.headers?.["idempotency-key"] !== undefined
  const first = once(remote, { ...asked, signal: asked.signal ?? AbortSignal.timeout(answerMs) })
  const { body, status } = await first.catch((error: NodeJS.ErrnoException) => {
    if (isSafe && isCut(error)) return askAgain(remote, asked, afterCut)
    // It took the connection, and has stood still since.
    const blocked = remote._tag === "Socket" ? blockedServer(dirname(remote.path)) : undefined
    if (blocked !== undefined) throw blockedRefusal(blocked)
    // The message of a refused connection says the address once more.
    throw new Refusal(`no server answers at ${remoteText(remote)}: ${error.code ?? error.message}`, {
      code: exitCodes.notRun,
      hint: "`tetra start` starts one"
    })
  })
  if ((status ?? 0) >= 400 || body === undefined) throw new Refused(problemText(body, status), status)
  return body as A
}

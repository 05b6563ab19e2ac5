/** Requests to a server, over its socket or an address. */
import type { IncomingMessage, RequestOptions } from "node:http"
import process from "node:process"
import { text as wholeText } from "node:stream/consumers"
import { exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"

/** Where a server is. */
export type Remote =
  | { readonly _tag: "Socket"; readonly path: string }
  | { readonly _tag: "Http"; readonly url: URL; readonly token: string | undefined }

export const remoteText = (remote: Remote): string => (remote._tag === "Socket" ? remote.path : remote.url.origin)

interface Asked {
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
/** The answer of a route. What the server refuses, and a server that is not there, is a `Refusal`. */
export const ask = async <A>(remote: Remote, asked: Asked): Promise<A> => {
  const signal = asked.signal ?? AbortSignal.timeout(30_000)
  const response = await open(remote, { ...asked, signal }).catch((error: NodeJS.ErrnoException) => {
    // The message of a refused connection says the address once more.
    throw new Refusal(`no server answers at ${remoteText(remote)}: ${error.code ?? error.message}`, {
      code: exitCodes.notRun,
      hint: "`tetra start` starts one"
    })
  })
  const body = parsed(await wholeText(response))
  if ((response.statusCode ?? 0) >= 400 || body === undefined)
    throw new Refusal(problemText(body, response.statusCode), { code: exitCodes.notRun })
  return body as A
}

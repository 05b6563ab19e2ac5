/** Requests as they are recorded with their runs: without secrets, and back. Pure. */
import type { Json, RunPlan, RunRequest } from "@tetra/core/engine"

/** What stands in a record for a secret. */
export const redactedMark = "<redacted>"
const plain = (name: string): string =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/gu, "$1_$2")
    .replaceAll("-", "_")
    .toLowerCase()

/** Names of the given parameters that a pipeline takes as a secret: in its plan they stand redacted. */
export const secretsAmong = (request: RunRequest, plan: Pick<RunPlan, "pipelines">): ReadonlyArray<string> => {
  const hidden = new Set(
    plan.pipelines.flatMap(({ params }) =>
      Object.entries(params !== null && typeof params === "object" ? params : {})
        .filter(([, value]) => JSON.stringify(value).includes(JSON.stringify(redactedMark)))
        .map(([key]) => plain(key))
    )
  )
  return Object.keys(request.params).filter((name) => hidden.has(plain(name.slice(name.indexOf(".") + 1))))
}
/** The request as it is recorded with the run, so that `--resume` can ask the same again; `secrets` are the names that it does not keep. */
export const recorded = (request: RunRequest, secrets: ReadonlyArray<string>): Json => {
  const params = Object.fromEntries(
    Object.entries(request.params).map(([name, value]) => [name, secrets.includes(name) ? redactedMark : value])
  )
  return JSON.parse(JSON.stringify({ ...request, params })) as Json
}
const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""))
/** What was typed, without the values of `secrets`. */
export const withoutSecrets = (
  words: ReadonlyArray<string>,
  request: RunRequest,
  secrets: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const texts = secrets.map((name) => textOf(request.params[name])).filter((text) => text !== "")
  return words.map((word) => texts.reduce((clean, text) => clean.replaceAll(text, redactedMark), word))
}
const missingIn = ({ params }: RunRequest): ReadonlyArray<string> =>
  Object.entries(params).flatMap(([name, value]) => (value === redactedMark ? [name] : []))
/** Secrets of a recorded request that have to be given again, and are not among what is asked. */
export const lackingSecrets = (request: RunRequest, asked: Pick<RunRequest, "params">): ReadonlyArray<string> =>
  missingIn(request).filter((name) => asked.params[name] === undefined)
/** A recorded request with its secrets as they are given again; none may be lacking. */
export const restored = (request: RunRequest, asked: Pick<RunRequest, "params">): RunRequest => ({
  ...request,
  params: { ...request.params, ...Object.fromEntries(missingIn(request).map((name) => [name, asked.params[name]!])) }
})
/** The request that a run was started with; undefined when another surface recorded something else. */
export const requestOfRecord = (params: Json): RunRequest | undefined => {
  if (params === null || typeof params !== "object" || Array.isArray(params) || !("params" in params)) return undefined
  const { params: inner } = params as { readonly params?: Json }
  if (inner === null || typeof inner !== "object" || Array.isArray(inner)) return undefined
  // Written by `recorded` alone: the other fields have the types of a request.
  return params as Json & RunRequest
}

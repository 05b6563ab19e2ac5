/** Asks what plugins look after themselves. None can hold up another, nor take the server with it. */
import { type HealthCheck, HealthChecks } from "@tetra/core"
import { askChecksApart, type Project, type Said } from "@tetra/core/engine"
import { Result, Schema } from "effect"
import type { CheckHealth } from "./HealthDocument.ts"

/** How long an answer may take, in milliseconds. */
const longestMs = 3_000
const longestDetail = 500
const Answer = Schema.Struct({ status: Schema.Literals(["ok", "warn", "fail"]), detail: Schema.String })

/** Without the scope of the package: `plugin-data/license`. */
const nameOf = (plugin: string, key: string): string => `${plugin.split("/").at(-1) ?? plugin}/${key}`
/** One line, of bounded length: plugins say what they like. */
const oneLine = (text: string): string => text.replaceAll(/\s+/gu, " ").trim().slice(0, longestDetail)

/** In this thread: plugins that a program brought itself no other process can load. */
const askHere = async ({ check }: HealthCheck, patienceMs: number): Promise<Said> => {
  const signal = AbortSignal.timeout(patienceMs)
  const late = new Promise<never>((_, reject) =>
    signal.addEventListener("abort", () => reject(new Error(`no answer within ${patienceMs / 1000} s`)), { once: true })
  )
  try {
    const asked = Promise.resolve().then(() => check({ signal }))
    return { answer: await Promise.race([asked, late]) }
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) }
  }
}
const readSaid = (plugin: string, said: Said): Pick<CheckHealth, "status" | "detail"> => {
  if ("why" in said) return { status: "fail", detail: `the check of ${plugin} failed: ${oneLine(said.why)}` }
  const answer = Schema.decodeUnknownResult(Answer)(said.answer)
  return Result.isSuccess(answer)
    ? { ...answer.success, detail: oneLine(answer.success.detail) }
    : { status: "fail", detail: `the check of ${plugin} answered what is no answer: ${oneLine(answer.failure.message)}` }
}
const checksOf = ({ catalogue }: Pick<Project, "catalogue">) => catalogue.contributions.get(HealthChecks.point) ?? []

export const checkNames = (project: Pick<Project, "catalogue">): ReadonlyArray<string> =>
  checksOf(project).map(({ key, plugin }) => nameOf(plugin, key))
/** All of them side by side, by name, in a process of their own that ends with the last answer; none where there is nothing to ask. */
export const askChecks = async (project: Project, patienceMs = longestMs): Promise<ReadonlyMap<string, CheckHealth>> => {
  const checks = checksOf(project)
  if (checks.length === 0) return new Map()
  const said = await (askChecksApart(
    project,
    checks.map(({ key, plugin }) => ({ key, plugin })),
    patienceMs
  ) ?? Promise.all(checks.map(({ value }) => askHere(value as HealthCheck, patienceMs))))
  const at = new Date().toISOString()
  return new Map(
    checks.map(({ key, plugin }, n) => [nameOf(plugin, key), { ...readSaid(plugin, said[n]!), checked_at: at }] as const)
  )
}

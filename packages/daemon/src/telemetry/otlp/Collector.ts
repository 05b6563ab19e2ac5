/** Where signals go: as the configuration says, else the usual variables of OpenTelemetry. */
import type { Project } from "@tetra/core/engine"
import { Redacted } from "effect"

export type Signal = "traces" | "metrics" | "logs"
export interface Collector {
  /** Of this signal alone. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Share of the runs that are told as traces, 0 to 1. */
  readonly sample: number
}
type Environment = Readonly<Record<string, string | undefined>>

/** As it stands where it is not well encoded. */
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
/** `a=1,b=2`, as OTEL_EXPORTER_OTLP_HEADERS and OTEL_RESOURCE_ATTRIBUTES have it. */
const pairsIn = (text: string | undefined): ReadonlyArray<readonly [string, string]> =>
  (text ?? "").split(",").flatMap((pair) => {
    const at = pair.indexOf("=")
    return at < 1 ? [] : [[pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim())] as const]
  })
const lowerCased = (pairs: Iterable<readonly [string, string]>): Record<string, string> =>
  Object.fromEntries([...pairs].map(([name, value]) => [name.toLowerCase(), value]))
const under = (base: string, signal: Signal): string => `${base.replace(/\/+$/u, "")}/v1/${signal}`
/** A variable that is set to nothing says nothing. */
const said = (env: Environment, name: string): string | undefined => (env[name]?.trim() === "" ? undefined : env[name]?.trim())

const fromEnvironment = (env: Environment, signal: Signal): Collector | undefined => {
  if (env["OTEL_SDK_DISABLED"] === "true") return undefined
  const own = signal.toUpperCase()
  const exporter = said(env, `OTEL_${own}_EXPORTER`) ?? "otlp"
  const base = said(env, "OTEL_EXPORTER_OTLP_ENDPOINT")
  const url = said(env, `OTEL_EXPORTER_OTLP_${own}_ENDPOINT`) ?? (base === undefined ? undefined : under(base, signal))
  if (exporter !== "otlp" || url === undefined || !URL.canParse(url)) return undefined
  const headers = [env["OTEL_EXPORTER_OTLP_HEADERS"], env[`OTEL_EXPORTER_OTLP_${own}_HEADERS`]].flatMap(pairsIn)
  return { url, headers: lowerCased(headers), sample: 1 }
}
/** Undefined when nobody asks for this signal. */
export const collectorOf = ({ config }: Pick<Project, "config">, env: Environment, signal: Signal): Collector | undefined => {
  const own = config.telemetry?.otlp
  if (own === undefined) return fromEnvironment(env, signal)
  if (own.signals?.includes(signal) === false) return undefined
  const headers = Object.entries(own.headers ?? {}).map(([name, value]) => [name, Redacted.value(value)] as const)
  return { url: under(own.endpoint, signal), headers: lowerCased(headers), sample: own.sample ?? 1 }
}
/** What is told of a server with everything that it tells. */
export const resourceAttributes = (
  { config, environment }: Pick<Project, "config" | "environment">,
  env: Environment,
  { instance, version }: { readonly instance: string; readonly version: string }
): Readonly<Record<string, string>> => ({
  "service.name": config.project ?? "tetra",
  ...(environment === undefined ? {} : { "deployment.environment.name": environment }),
  ...Object.fromEntries(pairsIn(env["OTEL_RESOURCE_ATTRIBUTES"])),
  ...(said(env, "OTEL_SERVICE_NAME") === undefined ? {} : { "service.name": said(env, "OTEL_SERVICE_NAME")! }),
  "service.version": version,
  "service.instance.id": instance
})

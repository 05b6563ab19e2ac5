/** The channels of a project: who delivers, with what settings, and why nothing is sent through those that are off. */
import { type Notifier, Notifiers } from "@tetra/core"
import { builtInChannels, neededFields, ownSettings, partsOfSecret, type Project, secretsIn } from "@tetra/core/engine"
import { Redacted, Result, Schema } from "effect"
import { email } from "./channels/email.ts"
import { consoleChannel, desktop } from "./channels/here.ts"
import { pagerduty } from "./channels/pagerduty.ts"
import { slack } from "./channels/slack.ts"
import { sms } from "./channels/sms.ts"
import { webhook } from "./channels/webhook.ts"

export interface Channel {
  readonly name: string
  readonly notifier: Notifier
  readonly settings: unknown
  /** Why nothing is sent; undefined when it is. */
  readonly off: string | undefined
  /** Texts that may stand in no message of an error. */
  readonly secrets: ReadonlySet<string>
}
const builtIn: Readonly<Record<(typeof builtInChannels)[number], Notifier>> = {
  email,
  slack,
  pagerduty,
  sms,
  webhook,
  desktop,
  console: consoleChannel
}
type Block = Readonly<Record<string, unknown>>
const plain = (value: unknown): unknown => (Redacted.isRedacted(value) ? Redacted.value(value) : value)
const offBecause = (name: string, block: Block | undefined, environment: string | undefined): string | undefined => {
  if (block === undefined) return name === "console" || name === "desktop" ? undefined : "it is not configured"
  if (block["enabled"] === false) return "it is disabled"
  const only = block["only"] as ReadonlyArray<string> | undefined
  if (only !== undefined && (environment === undefined || !only.includes(environment)))
    return `it sends in ${only.join(", ")} only`
  const missing = (neededFields[name] ?? []).filter((field) => (plain(block[field]) ?? "") === "")
  return missing.length === 0 ? undefined : `${missing.join(", ")} is not set`
}
const settingsOf = ({ settings }: Notifier, block: Block): Result.Result<unknown, string> => {
  if (settings === undefined) return Result.succeed(block)
  return Result.mapError(Schema.decodeUnknownResult(settings)(ownSettings(block)), ({ message }) => message)
}
const secretsOf = (settings: unknown): ReadonlySet<string> => {
  const found = [...secretsIn(settings)].flatMap((text) => [text, ...partsOfSecret(text)]).filter((text) => text.length >= 6)
  const shapes = (text: string) => [text, encodeURIComponent(text), Buffer.from(text).toString("base64")]
  return new Set(found.flatMap(shapes))
}

/** By name. */
export const channelsOf = ({
  catalogue,
  config,
  environment
}: Pick<Project, "catalogue" | "config" | "environment">): ReadonlyMap<string, Channel> => {
  const blocks: Readonly<Record<string, unknown>> = config.alerting?.channels ?? {}
  const brought = (catalogue.contributions.get(Notifiers.point) ?? []).map(({ value }) => value as Notifier)
  return new Map(
    [...Object.values(builtIn), ...brought].map((notifier) => {
      const { name } = notifier
      const block = blocks[name] as Block | undefined
      const decoded = settingsOf(notifier, block ?? {})
      const off = offBecause(name, block, environment) ?? (Result.isFailure(decoded) ? decoded.failure : undefined)
      const settings = Result.getOrElse(decoded, () => ({}))
      return [name, { name, notifier, settings, off, secrets: secretsOf(settings) }]
    })
  )
}
/** Of an error, in characters. */
const longestError = 500
/** One line, without what only the channel may know. It is cut last: half a secret would not be found. */
export const withoutSecrets = ({ secrets }: Pick<Channel, "secrets">, text: string): string => {
  let result = text
  for (const secret of [...secrets].toSorted((a, b) => b.length - a.length)) result = result.replaceAll(secret, "***")
  return result.replaceAll(/\s+/gu, " ").trim().slice(0, longestError)
}

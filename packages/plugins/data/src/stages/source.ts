/** Opening the configured provider, and the failures that belong to it. */
import { type ConfigProblem, type Contributions, nearest, type StageTools } from "@tetra/core"
import { Schema } from "effect"
import type { FetchTools, Finding, Provider, ProviderSession } from "../types.ts"
import type { SourceConfig } from "./settings.ts"

/** The provider could not be opened or asked. The message says what to do. */
export class SourceUnusable extends Schema.TaggedError<SourceUnusable>()("SourceUnusable", {
  provider: Schema.String,
  detail: Schema.String
}) {
  override get message() {
    return `provider ${this.provider}: ${this.detail}`
  }
}
/** One symbol or series could not be fetched; the others can. */
export class FetchFailed extends Schema.TaggedError<FetchFailed>()("FetchFailed", {
  symbol: Schema.String,
  detail: Schema.String
}) {
  override get message() {
    return `${this.symbol}: ${this.detail}`
  }
}
/** One symbol cannot be had from this source, however often it is asked. */
export class SymbolUnusable extends Schema.TaggedError<SymbolUnusable>()("SymbolUnusable", {
  symbol: Schema.String,
  detail: Schema.String
}) {
  override get message() {
    return `${this.symbol}: ${this.detail}`
  }
}
/** A parameter of the pipeline does not make sense. */
export class BadParameter extends Schema.TaggedError<BadParameter>()("BadParameter", { detail: Schema.String }) {
  override get message() {
    return this.detail
  }
}
export const detailOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export const providerOf = (config: SourceConfig, providers: Contributions<Provider>): Provider => {
  const provider = providers.get(config.provider)
  if (provider === undefined)
    throw new SourceUnusable({
      provider: config.provider,
      detail: `there is no such provider. There are ${[...providers.keys].sort().join(", ")}.`
    })
  return provider
}
/** A provider that nobody contributes. */
export const unknownProvider = ({ provider }: SourceConfig, { keys }: Contributions<Provider>): ReadonlyArray<ConfigProblem> => {
  if (keys.includes(provider)) return []
  const close = nearest(provider, keys)
  const hint = close === undefined ? `there are ${keys.toSorted().join(", ")}` : `did you mean "${close}"?`
  return [{ path: ["provider"], message: `there is no provider "${provider}"`, hint }]
}
/** Runs `work` with an open session, and closes it whatever happens. */
export const withSession = async <A>(
  config: SourceConfig,
  provider: Provider,
  work: (session: ProviderSession) => Promise<A>
): Promise<A> => {
  let session: ProviderSession
  try {
    session = await provider.open(config.settings)
  } catch (error) {
    throw new SourceUnusable({ provider: config.provider, detail: detailOf(error) })
  }
  try {
    return await work(session)
  } finally {
    await session.close?.()
  }
}
/** What a source lists of itself. One that cannot give a minute later what it cannot give now is not asked again. */
export const asked = async <A>(provider: Provider, work: () => Promise<A>): Promise<A> => {
  try {
    return await work()
  } catch (error) {
    if (provider.retriable !== false) throw error
    throw new SourceUnusable({ provider: provider.name, detail: detailOf(error) })
  }
}
export const fetchTools = (tools: Pick<StageTools, "signal" | "log">, found: (finding: Finding) => void): FetchTools => ({
  signal: tools.signal,
  log: (level, message, fields) => tools.log[level](message, fields),
  found
})

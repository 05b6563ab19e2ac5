import { Redacted } from "effect"
import type { ResolvedConfig } from "../domain/ConfigFile.ts"
import type { Json } from "../domain/Names.ts"
import type { Catalogue } from "./Catalogue.ts"
import { contentHash, redactedMark, secretsIn, toJson } from "./contentHash.ts"
import { parameterNamed, parametersOf, plainName } from "./parameters.ts"
import { pluginConfig } from "./pluginServices.ts"
import { resolveParameters } from "./resolveParameters.ts"

const secretName = /(^|_)(password|passwd|secrets?|token|api_?key|credentials?|private_key|webhook_url)$/

/** Configuration as people may see it: what a schema calls secret, or what is named like a secret, stands as "<redacted>". */
export const redactedConfig = ({
  catalogue,
  config
}: {
  readonly config: ResolvedConfig
  readonly catalogue: Catalogue
}): Json => {
  const secrets = new Set(secretsIn(config))
  for (const [name, block] of Object.entries(config.pipelines ?? {})) {
    const pipeline = catalogue.pipelines.get(name)?.pipeline
    if (pipeline === undefined) continue
    // Parameters one by one: what is wrong elsewhere in the block must not uncover a secret here.
    for (const [key, value] of Object.entries(block.config ?? {})) {
      const parameter = parameterNamed(parametersOf(pipeline), key)
      if (parameter === undefined) continue
      secretsIn(
        resolveParameters(pipeline, [{ where: "", path: "", values: { [key]: value }, form: "json", lenient: true }]).params,
        secrets
      )
    }
  }
  for (const plugin of catalogue.plugins)
    secretsIn(pluginConfig({ config, configFile: undefined, catalogue }, plugin).config, secrets)
  return hideNamed(toJson(config, secrets))
}
const hideNamed = (value: Json, name = ""): Json => {
  if (typeof value === "string") return secretName.test(plainName(name)) && value !== "" ? redactedMark : value
  if (Array.isArray(value)) return value.map((item: Json) => hideNamed(item, name))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hideNamed(inner, key)]))
}

/** 12 hex digits over the resolved configuration without secrets and the plugin versions. */
export const configVersionOf = (config: ResolvedConfig, catalogue: Catalogue): string =>
  contentHash(
    {
      config: redactedConfig({ config, catalogue }),
      plugins: catalogue.plugins.map(({ name, version }) => `${name}@${version}`).toSorted()
    },
    12
  )

/** Where runs are kept: "embedded", or a database address that stays secret. */
export const stateUrlOf = (config: ResolvedConfig): Redacted.Redacted => config.state?.url ?? Redacted.make("embedded")

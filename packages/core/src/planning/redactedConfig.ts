import type { ResolvedConfig } from "../domain/ConfigFile.ts"
import type { Json } from "../domain/Names.ts"
import type { Catalogue } from "./Catalogue.ts"
import { contentHash, secretsIn, toJson } from "./contentHash.ts"
import { parameterNamed, parametersOf } from "./parameters.ts"
import { pluginConfig } from "./pluginServices.ts"
import { resolveParameters } from "./resolveParameters.ts"
import { hideNamed } from "./secretNames.ts"
import { stepConfigs } from "./stepConfigs.ts"

interface Configured {
  readonly config: ResolvedConfig
  readonly catalogue: Catalogue
}
/** The texts of everything in a configuration that a schema calls secret: its own, those of pipelines and of plugins. */
export const configSecrets = ({ catalogue, config }: Configured): ReadonlySet<string> => {
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
  for (const { decoded } of stepConfigs({ catalogue, config })) secretsIn(decoded, secrets)
  for (const plugin of catalogue.plugins)
    secretsIn(pluginConfig({ config, configFile: undefined, catalogue }, plugin).config, secrets)
  return secrets
}
/** Configuration as people may see it: what a schema calls secret, or what is named like a secret, stands as "<redacted>". */
export const redactedConfig = (configured: Configured): Json => hideNamed(toJson(configured.config, configSecrets(configured)))

/** 12 hex digits over the resolved configuration without secrets and the plugin versions. */
export const configVersionOf = (config: ResolvedConfig, catalogue: Catalogue): string =>
  contentHash(
    {
      config: redactedConfig({ config, catalogue }),
      plugins: catalogue.plugins.map(({ name, version }) => `${name}@${version}`).toSorted()
    },
    12
  )

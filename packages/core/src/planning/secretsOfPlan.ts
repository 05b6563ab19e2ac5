import type { ResolvedConfig } from "../domain/ConfigFile.ts"
import type { Json } from "../domain/Names.ts"
import type { Catalogue } from "./Catalogue.ts"
import { secretsIn } from "./contentHash.ts"
import { pluginConfig } from "./pluginServices.ts"
import { namedSecrets } from "./secretNames.ts"

/** What `state.url` says when there is no database: a word, no secret. */
const noDatabase = "embedded"

/** Every secret that code of this run may come to see: of the project's configuration, of its plugins and of the pipelines' parameters. */
export const secretsOfPlan = (
  project: { readonly config: ResolvedConfig; readonly configFile: string | undefined; readonly catalogue: Catalogue },
  params: ReadonlyArray<{ readonly decoded: unknown; readonly encoded: Json }>
): ReadonlyArray<string> => {
  const found = new Set<string>(secretsIn(project.config))
  for (const plugin of project.catalogue.plugins) secretsIn(pluginConfig(project, plugin).config, found)
  for (const { decoded, encoded } of params) {
    secretsIn(decoded, found)
    for (const text of namedSecrets(encoded)) found.add(text)
  }
  found.delete(noDatabase)
  for (const text of [...found]) for (const part of passwordOf(text)) found.add(part)
  return [...found]
}
/** Drivers tell the password of an address on its own, as it is written and as it is meant. */
const passwordOf = (text: string): ReadonlyArray<string> => {
  const { password } = URL.parse(text) ?? { password: "" }
  if (password === "") return []
  try {
    return [password, decodeURIComponent(password)]
  } catch {
    return [password]
  }
}

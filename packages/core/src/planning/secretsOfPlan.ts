import type { ResolvedConfig } from "../domain/ConfigFile.ts"
import type { Json } from "../domain/Names.ts"
import type { Catalogue } from "./Catalogue.ts"
import { secretsIn } from "./contentHash.ts"
import { pluginConfig } from "./pluginServices.ts"
import { namedSecrets } from "./secretNames.ts"
import { stepConfigs } from "./stepConfigs.ts"

/** What `state.url` says when there is no database: a word, no secret. */
const noDatabase = "embedded"

interface Keeper {
  readonly config: ResolvedConfig
  readonly configFile: string | undefined
  readonly catalogue: Catalogue
  readonly ownSecrets?: ReadonlyArray<string>
}
/** Every secret that code of a project may come to see, whatever is run. */
export const secretsOfProject = (project: Keeper): ReadonlyArray<string> => secretsOfPlan(project, [])

/** Every secret that code of this run may come to see: of the project's configuration, of its plugins and of the pipelines' parameters. */
export const secretsOfPlan = (
  project: Keeper,
  params: ReadonlyArray<{ readonly decoded: unknown; readonly encoded: Json }>
): ReadonlyArray<string> => {
  const found = new Set<string>([...secretsIn(project.config), ...(project.ownSecrets ?? [])])
  for (const plugin of project.catalogue.plugins) secretsIn(pluginConfig(project, plugin).config, found)
  const steps = stepConfigs(project).map(({ decoded, written }) => ({ decoded, encoded: written }))
  for (const { decoded, encoded } of [...steps, ...params]) {
    secretsIn(decoded, found)
    for (const text of namedSecrets(encoded)) found.add(text)
  }
  found.delete(noDatabase)
  for (const text of Array.from(found)) for (const part of partsOfSecret(text)) found.add(part)
  return [...found]
}
/** Shorter paths may be those of anything. */
const shortestPath = 12
const decoded = (text: string): ReadonlyArray<string> => {
  try {
    return [text, decodeURIComponent(text)]
  } catch {
    return [text]
  }
}
/**
 * What is told of a secret on its own, as it is written and as it is meant: drivers tell the password of an address, web servers the path that they
 * were asked for, and of an `Authorization` header what stands behind its scheme.
 */
export const partsOfSecret = (text: string): ReadonlyArray<string> => {
  const credentials = /^(?:basic|bearer|token) +(\S+)$/iu.exec(text)?.[1]
  if (credentials !== undefined) return [credentials]
  const { password, pathname, protocol } = URL.parse(text) ?? { password: "", pathname: "", protocol: "" }
  const path = protocol === "https:" || protocol === "http:" ? pathname.slice(1) : ""
  const asked = path.length >= shortestPath ? [path] : []
  return [password, ...asked].filter((part) => part !== "").flatMap(decoded)
}

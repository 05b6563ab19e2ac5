import { Refusal } from "../../failure.ts"

/** The names that follow from that of a new plugin. */
export interface PluginNames {
  /** As asked for: of the package, or of the local file. */
  readonly name: string
  /** Lower-case words with dashes: begins the ids of its stages. */
  readonly slug: string
  /** The same with underscores: of its pipeline and its assets. */
  readonly snake: string
}
const packageName = /^(?:@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/u

export const namesOf = (name: string): PluginNames => {
  if (!packageName.test(name) || name.length > 214)
    throw new Refusal(`"${name}" cannot be the name of a package`, {
      hint: "use lower-case letters, digits and dashes, with a scope or without: @acme/tetra-prices, prices"
    })
  const slug = name
    .replace(/^@[^/]+\//u, "")
    .replace(/^tetra-(?:plugin-)?/u, "")
    .replaceAll(/[^a-z0-9]+/gu, "-")
    .replaceAll(/^[-\d]+|-+$/gu, "")
  if (slug === "")
    throw new Refusal(`"${name}" has no word in it that could name a pipeline`, { hint: "for example @acme/tetra-prices" })
  return { name, slug, snake: slug.replaceAll("-", "_") }
}

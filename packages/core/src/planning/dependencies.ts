import type { Catalogue } from "./Catalogue.ts"
import { providerOf } from "./Catalogue.ts"
import type { Project } from "./Project.ts"

export interface Dependencies {
  /** From `depends_on`, and from `requires` of the configuration: pipelines that must have ended before. */
  readonly declared: ReadonlySet<string>
  /** Those, and the pipelines whose assets its stages cannot do without. */
  readonly all: ReadonlySet<string>
}

/** A group stands for its members. */
export const membersOf = (catalogue: Pick<Catalogue, "groups">, name: string): ReadonlyArray<string> =>
  catalogue.groups.get(name) ?? [name]

/** The pipelines that `name` depends on. A requirement is a dependency: it need not be repeated in `depends_on`. */
export const dependenciesOf = ({ catalogue, config }: Pick<Project, "catalogue" | "config">, name: string): Dependencies => {
  const written = config.pipeline_dependencies?.[name]
  const required = (written?.requires ?? []).flatMap((asset) => membersOf(catalogue, asset))
  const provider = (asset: string) => providerOf(catalogue, asset)
  const clean = (names: ReadonlyArray<string | undefined>) =>
    names.filter((other): other is string => other !== undefined && other !== name && catalogue.pipelines.has(other))
  const declared = new Set(clean([...(written?.depends_on ?? []), ...required.map(provider)]))
  const shape = catalogue.pipelines.get(name)?.shape
  const read = [...(shape?.requires ?? [])].filter(([, { soft }]) => !soft).map(([asset]) => provider(asset))
  return { declared, all: new Set([...declared, ...clean(read)]) }
}

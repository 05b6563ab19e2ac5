/** The versions of a pipeline, as the project in force has them. Pure. */
import { isShadow, nearest, type Project, usualTolerance } from "@tetra/core/engine"

export interface VersionSpec {
  readonly pipeline: string
  readonly names: ReadonlyArray<string>
  /** In force: promoted, or as the file says. */
  readonly active: string
  /** What the file calls active. */
  readonly declared: string
  /** Runs after each run of the active version; undefined when none does. */
  readonly shadow: string | undefined
  /** How far numbers of a column may lie apart, as a distance or as a ratio. */
  readonly tolerance: (column: string) => number
  /** What the pipeline provides in force. */
  readonly assets: ReadonlyArray<string>
}
export const versionsOf = ({ catalogue, config, declared = {} }: Pick<Project, "catalogue" | "config" | "declared">) =>
  Object.entries(config.pipelines ?? {}).flatMap(
    ([pipeline, { active, shadow, tolerance, versions }]): ReadonlyArray<VersionSpec> => {
      if (versions === undefined || active === undefined) return []
      const columns = typeof tolerance === "object" ? tolerance.columns : undefined
      const other = typeof tolerance === "object" ? tolerance.default : tolerance
      return [
        {
          pipeline,
          names: Object.keys(versions),
          active,
          declared: declared[pipeline] ?? active,
          shadow: shadow === active ? undefined : shadow,
          tolerance: (column) => columns?.[column] ?? other ?? usualTolerance,
          assets: [...(catalogue.pipelines.get(pipeline)?.shape.provides.keys() ?? [])]
        }
      ]
    }
  )

/** Says why there is no such version, and what there is. */
export interface NoVersion {
  readonly message: string
  readonly hint: string
}
/** `metrics` names `metrics_pipeline`. */
export const specNamed = (project: Pick<Project, "catalogue" | "config" | "declared">, name: string): VersionSpec | NoVersion => {
  const all = versionsOf(project)
  const plain = name.replaceAll("-", "_")
  const found = all.find(({ pipeline }) => [name, plain, `${plain}_pipeline`].includes(pipeline))
  if (found !== undefined) return found
  const isThere = [name, plain, `${plain}_pipeline`].some((one) => project.catalogue.pipelines.has(one))
  const names = all.map(({ pipeline }) => pipeline)
  const close = nearest(name, names)
  if (isThere && !isShadow(name))
    return {
      message: `"${name}" has one version`,
      hint: `name others: pipelines.${name}.versions: { blue: { plugin: ... }, green: { plugin: ... } }`
    }
  return {
    message: `no pipeline "${name}" has versions`,
    hint:
      close === undefined
        ? names.length === 0
          ? "no pipeline of this project has"
          : `these have: ${names.join(", ")}`
        : `did you mean "${close}"?`
  }
}

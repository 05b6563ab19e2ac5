import { flagsOf } from "../authoring/definePipeline.ts"
import type { ResolvedConfig } from "../domain/ConfigFile.ts"
import { hintFor, meantHint, nearest } from "../domain/nearest.ts"
import { builtInFallbacks, type Catalogue, providerOf } from "../planning/Catalogue.ts"
import { dependenciesOf, membersOf } from "../planning/dependencies.ts"
import { modesOf } from "../planning/modes.ts"
import { orderOf } from "../planning/orderOf.ts"
import { gather, type PathProblem, type Say } from "./checkConfig.ts"
import { checkParameters } from "./checkParameters.ts"
import { checkTriggerAssets } from "./checkTriggers.ts"

export interface CatalogueCheck {
  readonly config: ResolvedConfig
  readonly catalogue: Catalogue
  /** Pipelines whose plugin could not be loaded: what is said about them elsewhere cannot be checked. */
  readonly unresolved: ReadonlySet<string>
  /** A plugin could not be loaded: a pipeline that nobody offers may be one of its own, and what it would contribute is not known. */
  readonly lacksPlugins?: boolean
}

/** What can be said about a configuration with its plugins: pipelines, stages, assets, parameters, modes, fallbacks, the graph. */
export const checkCatalogue = (check: CatalogueCheck): ReadonlyArray<PathProblem> =>
  gather((say) => {
    checkNames(check, say)
    checkDependencies(check, say)
    checkCycles(check, say)
    checkParameters(check, say)
    checkConcurrency(check, say)
    checkFallbacks(check, say)
    checkPoints(check, say)
    if (check.unresolved.size === 0) checkTriggerAssets(check.config, check.catalogue, say)
    checkReachable(check, say)
  })

const checkConcurrency = ({ catalogue, config }: CatalogueCheck, say: Say) => {
  for (const [name, { concurrency }] of Object.entries(config.pipelines ?? {})) {
    const entry = catalogue.pipelines.get(name)
    if (entry === undefined || concurrency?.key === undefined) continue
    const known = flagsOf(entry.pipeline).map(({ key }) => key)
    for (const key of [concurrency.key].flat())
      if (!known.includes(key))
        say(`pipelines.${name}.concurrency.key`, `"${name}" has no parameter "${key}"`, hintFor(key, known, ""))
  }
}

/** Every place where the name of a pipeline is a key or a value. */
const namedPipelines = (config: ResolvedConfig): ReadonlyArray<readonly [path: string, name: string, key: boolean]> => {
  const keys = (path: string, record: object | undefined) =>
    Object.keys(record ?? {}).map((name) => [`${path}.${name}`, name, true] as const)
  const resources = config.resource_management
  return [
    ...keys("pipelines", config.pipelines),
    ...keys("pipeline_dependencies", config.pipeline_dependencies),
    ...Object.entries(config.pipeline_dependencies ?? {}).flatMap(([name, { depends_on }]) =>
      (depends_on ?? []).map((on, i) => [`pipeline_dependencies.${name}.depends_on.${i}`, on, false] as const)
    ),
    ...Object.entries(config.modes ?? {}).flatMap(([mode, entries]) => keys(`modes.${mode}`, entries)),
    ...keys("recovery_procedures", config.recovery_procedures),
    ...keys("resource_management.cpu", resources?.cpu),
    ...keys("resource_management.memory", resources?.memory),
    ...keys("resource_management.parallelism", resources?.parallelism),
    ...(config.alerting?.rules ?? []).flatMap((rule, i) =>
      (rule.only ?? []).map((name, j) => [`alerting.rules.${i}.only.${j}`, name, false] as const)
    )
  ]
}

const checkNames = ({ catalogue, config, lacksPlugins, unresolved }: CatalogueCheck, say: Say) => {
  const offered = [...catalogue.pipelines.keys()]
  const unknown = Map.groupBy(
    namedPipelines(config).filter(([, name]) => !catalogue.pipelines.has(name) && !unresolved.has(name)),
    ([, name]) => name
  )
  for (const [name, [first, ...others]] of unknown) {
    const [path, , key] = first!
    if (lacksPlugins === true && nearest(name, offered) === undefined) continue
    const also =
      others.length === 0 ? "" : `; it is named at ${others.length} further ${others.length === 1 ? "place" : "places"}`
    const hint = hintFor(name, offered, "list its plugin in `plugins`")
    say(path, `no plugin offers the pipeline "${name}"${also}`, hint, "error", key)
  }
  for (const [name, block] of Object.entries(config.pipelines ?? {})) {
    const entry = catalogue.pipelines.get(name)
    if (entry === undefined) continue
    const written = block.plugin === undefined ? undefined : (catalogue.names.get(block.plugin) ?? block.plugin)
    if (written !== undefined && written !== entry.plugin)
      say(
        `pipelines.${name}.plugin`,
        `"${name}" comes from ${entry.plugin}, not from ${written}`,
        `write plugin: "${entry.plugin}"`
      )
    const stages = entry.shape.stages.map((stage) => stage.name)
    for (const [stage, { config: own }] of Object.entries(block.stages ?? {})) {
      const path = `pipelines.${name}.stages.${stage}`
      if (!stages.includes(stage)) say(path, `"${name}" has no stage "${stage}"`, hintFor(stage, stages, ""), "error", true)
      else if (own !== undefined && entry.shape.stages.find((one) => one.name === stage)?.isStep === false)
        say(
          `${path}.config`,
          `the configuration of "${stage}" comes from the parameters of ${name}`,
          `write them under pipelines.${name}.config`,
          "error",
          true
        )
    }
  }
}

const checkDependencies = ({ catalogue, config, unresolved }: CatalogueCheck, say: Say) => {
  const makers = new Map<string, string>()
  const all = new Set([...catalogue.pipelines.values()].flatMap(({ shape }) => [...shape.provides.keys()]))
  for (const [name, written] of Object.entries(config.pipeline_dependencies ?? {})) {
    const shape = catalogue.pipelines.get(name)?.shape
    for (const [i, asset] of (written.provides ?? []).entries()) {
      const path = `pipeline_dependencies.${name}.provides.${i}`
      const other = makers.get(asset)
      if (other !== undefined)
        say(path, `"${asset}" has two producers: ${other} and ${name}`, "an asset has one producer: take it out of one of them")
      makers.set(asset, name)
      if (shape !== undefined && !shape.provides.has(asset)) {
        const close = nearest(asset, shape.provides.keys())
        say(
          path,
          `"${name}" does not provide "${asset}"`,
          meantHint(close) ?? `it provides ${[...shape.provides.keys()].join(", ") || "nothing"}`
        )
      }
    }
    for (const [i, asset] of (written.requires ?? []).entries()) {
      const path = `pipeline_dependencies.${name}.requires.${i}`
      const members = membersOf(catalogue, asset)
      const missing = members.filter((member) => providerOf(catalogue, member) === undefined)
      if (missing.length > 0) {
        if (unresolved.size === 0)
          say(
            path,
            `nobody provides "${missing.join(", ")}"`,
            hintFor(asset, [...all, ...catalogue.groups.keys()], "list the plugin that provides it")
          )
      } else if (shape !== undefined && !members.some((member) => shape.requires.has(member))) {
        say(path, `no stage of "${name}" reads "${asset}"`, "take it out; the order of the pipelines still follows it", "warning")
      }
    }
  }
}

const checkCycles = ({ catalogue, config, unresolved }: CatalogueCheck, say: Say) => {
  const names = [...new Set([...catalogue.pipelines.keys(), ...Object.keys(config.pipeline_dependencies ?? {})])].filter(
    (name) => !unresolved.has(name)
  )
  const index = new Map(names.map((name, i) => [name, i]))
  const project = { catalogue, config }
  const upstream = names.map((name) => {
    const written = config.pipeline_dependencies?.[name]?.depends_on ?? []
    return [...new Set([...written, ...dependenciesOf(project, name).all])].flatMap((up) => index.get(up) ?? [])
  })
  const order = orderOf(upstream)
  if (order._tag === "Ordered") return
  const cycle = order.cycle.map((i) => names[i]!)
  const last = cycle.at(-1)!
  const path =
    config.pipeline_dependencies?.[cycle[0]!] === undefined
      ? `pipeline_dependencies.${last}`
      : `pipeline_dependencies.${cycle[0]!}`
  say(
    `${path}.depends_on`,
    `these pipelines wait for each other: ${[...cycle, cycle[0]].join(" -> ")}`,
    "take one of the dependencies out"
  )
}

const checkFallbacks = ({ catalogue, config }: CatalogueCheck, say: Say) => {
  for (const [name, { failure_actions: actions }] of Object.entries(config.recovery_procedures ?? {})) {
    const entry = catalogue.pipelines.get(name)
    if (entry === undefined) continue
    const known = [
      ...builtInFallbacks,
      ...(catalogue.contributions.get("tetra.fallback") ?? []).map((one) => one.key),
      ...entry.shape.stages.flatMap((stage) => stage.fallbacks)
    ]
    for (const [i, { fallback }] of actions.entries()) {
      const wanted = typeof fallback === "object" ? fallback.name : fallback
      if (wanted !== undefined && !known.includes(wanted))
        say(
          `recovery_procedures.${name}.failure_actions.${i}.fallback`,
          `there is no fallback "${wanted}"`,
          hintFor(wanted, known, "")
        )
    }
  }
}

const checkPoints = ({ catalogue, config }: CatalogueCheck, say: Say) => {
  const points = catalogue.plugins.flatMap((plugin) => plugin.points.map(({ point }) => point))
  const plugins = catalogue.plugins.map(({ name }) => name)
  for (const [point, choices] of Object.entries(config.extension_points ?? {})) {
    const path = `extension_points.${point}`
    if (!points.includes(point))
      say(
        path,
        `no plugin declares the extension point "${point}"`,
        hintFor(point, points, "list the plugin that declares it"),
        "error",
        true
      )
    for (const [key, plugin] of Object.entries(choices)) {
      if (!plugins.includes(catalogue.names.get(plugin) ?? plugin))
        say(`${path}.${key}`, `there is no plugin "${plugin}"`, hintFor(plugin, plugins, ""))
    }
  }
}

/** A pipeline that is configured, but that nothing would ever run. */
const checkReachable = ({ catalogue, config }: CatalogueCheck, say: Say) => {
  const configured = [
    ...new Set([...Object.keys(config.pipelines ?? {}), ...Object.keys(config.pipeline_dependencies ?? {})])
  ].filter((name) => catalogue.pipelines.has(name))
  const inModes = new Set([...modesOf(config).values()].flatMap(({ entries }) => Object.keys(entries)))
  const used = new Set(configured.flatMap((name) => [...dependenciesOf({ catalogue, config }, name).all]))
  const anyOther = configured.some((name) => inModes.has(name) || config.pipeline_dependencies?.[name]?.schedule !== undefined)
  for (const name of configured) {
    const written = config.pipeline_dependencies?.[name]
    if (inModes.has(name) || used.has(name) || written?.schedule !== undefined || written?.frequency === "on_demand" || !anyOther)
      continue
    if ((config.pipelines?.[name]?.triggers ?? []).length > 0) continue
    const path = written === undefined ? `pipelines.${name}` : `pipeline_dependencies.${name}`
    say(
      path,
      `"${name}" is in no mode, has no schedule, and no pipeline reads from it`,
      `add it to a mode, give it a schedule, or say pipeline_dependencies: { ${name}: { frequency: on_demand } }`,
      "warning",
      true
    )
  }
}

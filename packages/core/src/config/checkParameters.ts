/** Whether the parameters that the file gives, in `pipelines` and in `modes`, are what pipelines and their stages take. */
import type { ResolvedConfig } from "../domain/ConfigFile.ts"
import type { Diagnostic } from "../domain/Diagnostic.ts"
import { buildNodes } from "../planning/buildNodes.ts"
import type { Catalogue, CataloguePipeline } from "../planning/Catalogue.ts"
import { reasonOf } from "../planning/checkPlugins.ts"
import { type Asked, pathOfPipeline } from "../planning/configDiagnostics.ts"
import { modesOf } from "../planning/modes.ts"
import { planStages } from "../planning/planStages.ts"
import { modeValues } from "../planning/requestSources.ts"
import { type ParameterSource, resolveParameters } from "../planning/resolveParameters.ts"
import { projectPipelines } from "../planning/selectPipelines.ts"
import type { Say } from "./checkConfig.ts"
import { wiringPlace } from "./wiringPlace.ts"

interface Check {
  readonly config: ResolvedConfig
  readonly catalogue: Catalogue
  /** A plugin could not be loaded: what it would contribute is not known. */
  readonly lacksPlugins?: boolean
}
/** A pipeline with what the file says about it, for one mode or none. */
interface Given {
  readonly entry: CataloguePipeline
  /** Where the file has it. */
  readonly place: string
  /** The file gives its parameters, so that all it needs must be there. */
  readonly isWritten: boolean
  readonly sources: ReadonlyArray<ParameterSource>
}

export const checkParameters = (check: Check, say: Say): void => {
  const said = new Set<string>()
  const tell = ({ code, hint, message, path }: Diagnostic, { place }: Given) => {
    // What is wrong with the pipeline as a whole is told once, and not for every mode.
    const known = path === place ? message : `${path}: ${message}`
    if (!said.has(known)) say(path ?? place, message, hint, "error", message.includes("has no parameter"), code)
    said.add(known)
  }
  for (const given of [...inPipelines(check), ...inModes(check)])
    for (const one of problemsOf(check, given)) {
      // What nobody wrote may still be given when a run is asked for.
      const isOpen = !given.isWritten && one.path?.startsWith(`pipelines.${given.entry.pipeline.name}.config`) === true
      if (!isOpen) tell(one, given)
    }
}

const written = (path: string, values: ParameterSource["values"], lenient: boolean): ParameterSource => ({
  where: "",
  path,
  values,
  form: "json",
  lenient
})
/** Those of the project, and what its modes name beyond them. */
const runnable = ({ catalogue, config }: Check): ReadonlyArray<string> => {
  const named = [...modesOf(config).values()].flatMap(({ entries }) => Object.keys(entries))
  return [...new Set([...projectPipelines({ catalogue, config }), ...named.filter((name) => catalogue.pipelines.has(name))])]
}
const inPipelines = ({ catalogue, config }: Check): ReadonlyArray<Given> =>
  runnable({ catalogue, config }).map((name) => {
    const block = config.pipelines?.[name]
    const sources = [written(`pipelines.${name}.config`, block?.config ?? {}, false)]
    const place = pathOfPipeline({ catalogue, config }, name)
    return { entry: catalogue.pipelines.get(name)!, place, isWritten: block !== undefined, sources }
  })
const inModes = ({ catalogue, config }: Check): ReadonlyArray<Given> =>
  [...modesOf(config).values()].flatMap(({ builtIn, entries, name: mode }) =>
    Object.entries(builtIn ? {} : entries).flatMap(([name, values]) => {
      const entry = catalogue.pipelines.get(name)
      if (entry === undefined) return []
      const place = `modes.${mode}.${name}`
      const base = written(`pipelines.${name}.config`, config.pipelines?.[name]?.config ?? {}, true)
      return [{ entry, place, isWritten: false, sources: [base, written(place, modeValues(entry, values, false), false)] }]
    })
  )

/** What a run with these parameters would refuse before its first stage. */
const problemsOf = ({ catalogue, config, lacksPlugins }: Check, { entry, place, sources }: Given): ReadonlyArray<Diagnostic> => {
  const { extensions, pipeline, plugin } = entry
  const { diagnostics, params } = resolveParameters(pipeline, sources)
  if (diagnostics.length > 0) return diagnostics
  try {
    const nodes = buildNodes(pipeline, plugin, extensions, params)
    // Places are found by their paths.
    const code = catalogue.plugins.find(({ name }) => name === plugin)?.code
    const asked: Asked = {
      pipeline,
      params,
      sources,
      at: (at) => at,
      place: { where: place, path: place },
      inCode: (stage, path) => wiringPlace({ pipeline, params, code }, stage, path)
    }
    const selected = { name: pipeline.name, nodes, after: [], force: false, flags: {}, asked }
    return planStages({ config, catalogue: lacksPlugins === true ? undefined : catalogue, inProject: true }, [selected])
      .diagnostics
  } catch (error) {
    const message = `the pipeline "${pipeline.name}" cannot be built: ${reasonOf(error)}`
    return [{ level: "error", where: place, path: place, message, hint: "change its parameters, or mend the plugin" }]
  }
}

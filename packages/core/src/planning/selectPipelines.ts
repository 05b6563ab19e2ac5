import type { Diagnostic } from "../domain/Diagnostic.ts"
import { hintFor, nearest } from "../domain/nearest.ts"
import type { Catalogue } from "./Catalogue.ts"
import { type Mode, modesOf } from "./modes.ts"
import type { Project } from "./Project.ts"

export interface Selection {
  /** The mode of the project, when the request names one. */
  readonly mode: Mode | undefined
  /** The name that the request gave: of a mode of the project, or of pipelines' own modes. */
  readonly modeName: string | undefined
  /** In the order of the project. */
  readonly pipelines: ReadonlyArray<string>
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

/** `data` and `data-pipeline` name `data_pipeline`. */
export const pipelineNamed = (catalogue: Catalogue, name: string): string | undefined => {
  const plain = name.replaceAll("-", "_")
  return [name, plain, `${plain}_pipeline`].find((candidate) => catalogue.pipelines.has(candidate))
}

/** The pipelines of the project: those that the configuration names, else all that the plugins offer. */
export const projectPipelines = ({ catalogue, config }: Pick<Project, "catalogue" | "config">): ReadonlyArray<string> => {
  const named = new Set([...Object.keys(config.pipelines ?? {}), ...Object.keys(config.pipeline_dependencies ?? {})])
  const all = [...catalogue.pipelines.keys()]
  return named.size === 0 ? all : all.filter((name) => named.has(name))
}

export const selectPipelines = (
  project: Project,
  request: { readonly mode?: string; readonly pipelines?: ReadonlyArray<string> }
): Selection => {
  const { catalogue, config } = project
  const diagnostics: Array<Diagnostic> = []
  const refuse = (where: string, message: string, hint: string) => void diagnostics.push({ level: "error", where, message, hint })
  const modes = modesOf(config)
  const mode = request.mode === undefined ? undefined : modes.get(request.mode)
  const asked = request.pipelines !== undefined && request.pipelines.length > 0 ? request.pipelines : undefined
  const named = asked?.flatMap((name) => {
    const found = pipelineNamed(catalogue, name)
    if (found === undefined)
      refuse(
        "--pipeline",
        `there is no pipeline "${name}"`,
        hintFor(name, catalogue.pipelines.keys(), "list its plugin in `plugins`")
      )
    return found === undefined ? [] : [found]
  })
  const owners =
    request.mode === undefined || mode !== undefined
      ? []
      : (named ?? projectPipelines(project)).filter((name) =>
          Object.hasOwn(catalogue.pipelines.get(name)!.pipeline.modes, request.mode ?? "")
        )
  if (request.mode !== undefined && mode === undefined && owners.length === 0 && diagnostics.length === 0) {
    const own = (named ?? projectPipelines(project)).flatMap((name) => Object.keys(catalogue.pipelines.get(name)!.pipeline.modes))
    const all = [...new Set([...modes.keys(), ...own])]
    const close = nearest(request.mode, all)
    refuse(
      "--mode",
      `there is no mode "${request.mode}"`,
      `${close === undefined ? "" : `did you mean "${close}"? `}modes: ${all.join(", ")}`
    )
  }
  const chosen = new Set(
    named ??
      (mode === undefined ? (request.mode === undefined ? projectPipelines(project) : owners) : inMode(catalogue, mode, refuse))
  )
  const pipelines = [...catalogue.pipelines.keys()].filter((name) => chosen.has(name))
  if (pipelines.length === 0 && diagnostics.length === 0) {
    refuse(
      mode === undefined ? "plugins" : "--mode",
      mode === undefined ? "the project has no pipelines" : `no pipeline of the mode "${mode.name}" is in this project`,
      "list a plugin that offers one in `plugins`"
    )
  }
  return { mode, modeName: request.mode, pipelines, diagnostics }
}

const inMode = (
  catalogue: Catalogue,
  mode: Mode,
  refuse: (where: string, message: string, hint: string) => void
): ReadonlyArray<string> =>
  Object.keys(mode.entries).filter((name) => {
    const there = catalogue.pipelines.has(name)
    if (!there && !mode.builtIn)
      refuse(
        `modes.${mode.name}`,
        `names the pipeline "${name}", which no plugin offers`,
        hintFor(name, catalogue.pipelines.keys(), "list its plugin in `plugins`")
      )
    return there
  })

/** `--affected REF`: the pipelines that a change since a commit touches, and those that read from them. */
import { realpathSync } from "node:fs"
import { relative } from "node:path"
import { dependenciesOf, type Project } from "@tetra/core/engine"
import { configTouches, type Touch } from "./configTouches.ts"
import { codeTouches } from "./codeTouches.ts"
import { gitChanges } from "./gitChanges.ts"

export interface Affected {
  readonly pipeline: string
  readonly because: string
}
/** The first reason of each pipeline that is touched, then of each that needs one of those; in the order of `among`. Pure. */
export const spread = (
  touches: ReadonlyArray<Touch>,
  among: ReadonlyArray<string>,
  needs: (pipeline: string) => ReadonlySet<string>
): ReadonlyArray<Affected> => {
  const reasons = new Map<string, string>()
  for (const { because, pipelines } of touches)
    for (const name of pipelines === "all" ? among : pipelines)
      if (among.includes(name) && !reasons.has(name)) reasons.set(name, because)
  for (let before = -1; before < reasons.size;) {
    before = reasons.size
    for (const name of among) {
      const source = reasons.has(name) ? undefined : [...needs(name)].find((other) => reasons.has(other))
      if (source !== undefined) reasons.set(name, `it reads from ${source}`)
    }
  }
  return among.flatMap((pipeline) => {
    const because = reasons.get(pipeline)
    return because === undefined ? [] : [{ pipeline, because }]
  })
}
/** Of the pipelines `among`, those that a change since `ref` touches. Refused where git cannot tell. */
export const affectedPipelines = async (
  project: Project,
  ref: string,
  { among, mode }: { readonly among: ReadonlyArray<string>; readonly mode: string | undefined }
): Promise<{ readonly base: string; readonly files: number; readonly affected: ReadonlyArray<Affected> }> => {
  const { base, files, textAt, top } = await gitChanges(project.root, ref)
  const real: Project = { ...project, root: realpathSync(project.root) }
  const config = project.configFile === undefined ? undefined : realpathSync(project.configFile)
  const asked = { mode, environment: project.environment }
  const written =
    config === undefined || project.source === undefined || !files.includes(config) || relative(top, config).startsWith("..")
      ? []
      : configTouches(await textAt(config), project.source, asked)
  const touches = [...written, ...codeTouches(real, top, files)]
  return { base, files: files.length, affected: spread(touches, among, (name) => dependenciesOf(project, name).all) }
}

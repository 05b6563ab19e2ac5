/** Which pipelines of a run a reload reaches: those that can come out otherwise now, and those that read from them. Pure. */
import { resolve } from "node:path"
import { dependenciesOf, jsonChanges, type Project, redactedConfig } from "@tetra/core/engine"
import { type Affected, spread } from "../affected/affectedPipelines.ts"
import { codeTouches } from "../affected/codeTouches.ts"
import { configTouches, type Touch } from "../affected/configTouches.ts"

/** Files of local plugins that are others now, or were not there. */
const changedFiles = (before: Project, after: Project): ReadonlyArray<string> => {
  const contents = ({ catalogue, root }: Project) =>
    new Map(
      catalogue.plugins.flatMap(({ code }) =>
        Object.entries(code?.files ?? {}).map(([file, hash]) => [resolve(root, file), hash])
      )
    )
  const [was, is] = [contents(before), contents(after)]
  return [...is].flatMap(([file, hash]) => (was.get(file) === hash ? [] : [file]))
}
/** Something of the configuration came out otherwise although its text is the same: a variable. */
const variableTouches = (before: Project, after: Project): ReadonlyArray<Touch> =>
  before.source === after.source && jsonChanges(redactedConfig(before), redactedConfig(after)).length > 0
    ? [{ pipelines: "all", because: "a variable of the environment changed" }]
    : []

export const affectedBy = (
  before: Project,
  after: Project,
  { among, mode }: { readonly among: ReadonlyArray<string>; readonly mode: string | undefined }
): ReadonlyArray<Affected> => {
  const touches = [
    ...configTouches(before.source, after.source ?? "", { mode, environment: after.environment }),
    ...variableTouches(before, after),
    ...codeTouches(after, after.root, changedFiles(before, after))
  ]
  return spread(touches, among, (name) => dependenciesOf(after, name).all)
}

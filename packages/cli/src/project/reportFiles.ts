/** The files that stages wrote for people: where they are. */
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import type { RunModel } from "../output/model.ts"

/** Files below `folder`, web pages first, then by name. */
export const reportFiles = (folder: string): ReadonlyArray<string> => {
  if (!existsSync(folder)) return []
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  const rank = (file: string) => (file.endsWith(".html") ? 0 : 1)
  return files.toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b))
}

/** Runs whose results this one reused, and whose reports therefore are about it, too; those of its last stages first. */
export const reusedRuns = (model: RunModel): ReadonlyArray<string> => [
  ...new Set([...model.stages.values()].toReversed().flatMap(({ from }) => (from === undefined ? [] : [from])))
]

/**
 * `RUN/STAGE`, below the folder of all reports: the stages of a run, where one was reused in the run that computed it; then what was added to the run
 * later. A stage that is named comes first. Of a run whose stages are not known any more, its folder.
 */
export const reportFolders = (run: string, { stages }: RunModel, firstStage?: string): ReadonlyArray<string> => {
  if (stages.size === 0) return [run]
  const folders = [...stages.values()].toReversed().map(({ name, from }) => ({ name, folder: `${from ?? run}/${name}` }))
  return [
    ...folders.toSorted((a, b) => Number(b.name === firstStage) - Number(a.name === firstStage)).map((f) => f.folder),
    `${run}/comparison`
  ]
}

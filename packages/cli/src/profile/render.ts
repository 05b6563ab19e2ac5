/** Renders the page of one version of an asset into the data folder. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import process from "node:process"
import type { DatasetRef } from "@tetra/core"
import { ArtifactStore, type AssetVersion, type Project } from "@tetra/core/engine"
import { Effect } from "effect"
import { tableOf } from "../project/tables.ts"
import { type Content, profilePage } from "./page.ts"
import { type Profile, profiler } from "./Profile.ts"

/** Among the reports of the run that made it: it is found, and forgotten, with them. Named by content, so that another version has another page. */
export const profileFile = (reports: string, run: string, { asset, version }: AssetVersion): string =>
  join(reports, run, "assets", `${asset}-${version.slice(0, 12)}.html`)

/** A larger value is cut here: a page is for looking at. */
const mostText = 200_000

const profileOf = async (data: DatasetRef): Promise<Profile> => {
  const fold = profiler(data.type.columns, data.more, data.rows)
  for await (const part of data.scan({ more: "all" })) fold.add(part)
  return fold.end()
}

const contentOf = (project: Project, { asset, output, producer }: AssetVersion) =>
  Effect.gen(function* () {
    const store = yield* ArtifactStore
    if (output.kind === "value") {
      const text = JSON.stringify(yield* store.getValue(output), null, 2)
      return { kind: "value", text: text.slice(0, mostText) } satisfies Content
    }
    const table = yield* Effect.try({ try: () => tableOf(project, asset), catch: (error) => error })
    const data = store.open(table, output, producer)
    const profile = yield* Effect.tryPromise({ try: () => profileOf(data), catch: (error) => error })
    return { kind: "table", profile } satisfies Content
  })

/** Written aside and moved into place. */
export const renderProfile = (project: Project, version: AssetVersion, file: string) =>
  Effect.map(contentOf(project, version), (content) => {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    const aside = `${file}.${process.pid}.part`
    writeFileSync(aside, profilePage(version, content), { mode: 0o600 })
    renameSync(aside, file)
  })

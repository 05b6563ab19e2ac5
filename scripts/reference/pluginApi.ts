/** docs/reference/plugin-api.md, from the declarations of the doors that plugin authors import. Needs a build. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { anchors } from "../markdown/anchors.ts"
import { type Declaration, declarationsOf } from "./declarations.ts"

interface Door {
  readonly name: string
  /** Its declarations, below the root of the repository. */
  readonly file: string
  readonly says: string
}
const doors: ReadonlyArray<Door> = [
  {
    name: "@tetra/core",
    file: "packages/core/dist/index.d.ts",
    says: "What stages, pipelines and plugins are written with, and the Promise face."
  },
  {
    name: "@tetra/core/testing",
    file: "packages/core/dist/testing.d.ts",
    says: "The test kit ([testing.md](../testing.md)). `certifyPlugin` takes a project as a program loads it; on the command line it is `tetra plugins certify`."
  },
  {
    name: "@tetra/plugin-data/types",
    file: "packages/plugins/data/dist/types.d.ts",
    says: "Market, economic, event and news data: the tables, and the point for providers."
  },
  {
    name: "@tetra/plugin-scenarios/types",
    file: "packages/plugins/scenarios/dist/types.d.ts",
    says: "Scenarios: the tables, and the point for generators."
  },
  {
    name: "@tetra/plugin-metrics/types",
    file: "packages/plugins/metrics/dist/types.d.ts",
    says: "Indicators and features: the tables, and the point for indicators."
  },
  {
    name: "@tetra/plugin-assessment/types",
    file: "packages/plugins/assessment/dist/types.d.ts",
    says: "Backtests and rankings: the tables, and the point for strategies."
  },
  {
    name: "@tetra/plugin-analytics/types",
    file: "packages/plugins/analytics/dist/types.d.ts",
    says: "The analytics pipeline: its tables, and the points for rules, analyses, charts and embedders."
  }
]

/** A project of the compiler that has the doors and nothing else. */
const withProject = <A>(files: ReadonlyArray<string>, use: (project: string) => A): A => {
  const folder = mkdtempSync(join(tmpdir(), "tetra-reference-"))
  const compilerOptions = {
    module: "nodenext",
    target: "es2024",
    lib: ["es2024", "esnext.disposable"],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
    types: []
  }
  try {
    const project = join(folder, "tsconfig.json")
    writeFileSync(project, JSON.stringify({ compilerOptions, files }))
    return use(project)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
/** Every name of every door, by door. */
export const publicNames = (root: string): Readonly<Record<string, ReadonlyArray<Declaration>>> => {
  const files = Object.fromEntries(doors.map(({ name, file }) => [name, join(root, file)]))
  return withProject(Object.values(files), (project) => declarationsOf(project, files))
}

const sectionOf = ({ name, doc, code }: Declaration): string =>
  [`### ${name}`, ...(doc === "" ? [] : [doc]), `\`\`\`ts\n${code.join("\n")}\n\`\`\``].join("\n\n")
/** `anchorOf` is asked in the order of the headings: `Batch` and `batch` have one anchor but for a number. */
const doorOf = ({ name, says }: Door, all: ReadonlyArray<Declaration>, anchorOf: (heading: string) => string): string => {
  anchorOf(name)
  const links = all.map((one) => `[${one.name}](#${anchorOf(one.name)})`)
  return [`## ${name}`, says, links.join(" · "), ...all.map(sectionOf)].join("\n\n")
}

export const pluginApiPage = (root: string): string => {
  const names = publicNames(root)
  const anchorOf = anchors()
  const shown = new Set(Object.values(names).flatMap((all) => all.map(({ name }) => name)))
  const silent = [...new Set(Object.values(names).flatMap((all) => all.flatMap(({ speaksOf }) => [...speaksOf])))].filter(
    (name) => !shown.has(name)
  )
  return [
    "# Plugin API: every exported name",
    "How plugins are written, with examples: [plugins.md](../plugins.md). Names that begin with `~` carry types and are not for use. `@tetra/core/testing/vitest` exports nothing: importing it\ngives `expect` the matchers of [testing.md](../testing.md). `@tetra/core/engine`, `/storage` and `/stage-worker` are how the command line and the daemon of the same version reach the\nengine: they may change in any version.",
    ...doors.map((door) => doorOf(door, names[door.name] ?? [], anchorOf)),
    "## Spoken of, not exported",
    "Types that the declarations above are made of. They are worked out by the compiler, and no plugin needs to write them:",
    silent
      .toSorted()
      .map((name) => `\`${name}\``)
      .join(", ")
  ].join("\n\n")
}

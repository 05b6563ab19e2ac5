/** `tetra plugins list`: what the plugins of the project bring, and which options their pipelines take. */
import process from "node:process"
import { flagsOf, type Project } from "@tetra/core/engine"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { many } from "../../output/plain/amounts.ts"
import { type Look, lookOf, paint } from "../../output/plain/look.ts"
import { cut, oneLine, padEnd } from "../../output/plain/text.ts"
import type { Call } from "../../program.ts"
import { flag, openProject } from "../../project/open.ts"
import { print, printJson } from "../../project/store.ts"

interface ListedPlugin {
  readonly name: string
  readonly version: string
  readonly api: string
  readonly pipelines: ReadonlyArray<{
    readonly name: string
    readonly summary: string
    readonly modes: ReadonlyArray<string>
    readonly options: ReadonlyArray<{
      readonly flag: string
      readonly type: string
      readonly help: string
      readonly default: unknown
    }>
  }>
  readonly contributions: ReadonlyArray<{ readonly point: string; readonly key: string }>
  readonly extends: ReadonlyArray<string>
}
const listed = ({ catalogue }: Project): ReadonlyArray<ListedPlugin> =>
  catalogue.plugins.map(({ name, version, api }) => ({
    name,
    version,
    api,
    pipelines: [...catalogue.pipelines.values()]
      .filter(({ plugin }) => plugin === name)
      .map(({ pipeline }) => ({
        name: pipeline.name,
        summary: pipeline.summary,
        modes: Object.keys(pipeline.modes),
        options: flagsOf(pipeline).map((o) => ({ flag: o.flag, type: o.type, help: o.help, default: o.default }))
      })),
    contributions: [...catalogue.contributions].flatMap(([point, all]) =>
      all.filter(({ plugin }) => plugin === name).map(({ key }) => ({ point, key }))
    ),
    extends: [...catalogue.pipelines.values()]
      .filter((p) => p.extensions.some((e) => e.plugin === name))
      .map((p) => p.pipeline.name)
  }))

const pluginLines = (plugin: ListedPlugin, look: Look): ReadonlyArray<string> => [
  `${paint(look, "bold", plugin.name)} ${plugin.version} (plugin API ${plugin.api})`,
  ...plugin.pipelines.flatMap((pipeline) => [
    `  ${pipeline.name}${pipeline.summary === "" ? "" : `  ${paint(look, "dim", oneLine(pipeline.summary))}`}`,
    ...(pipeline.modes.length > 0 ? [`    modes: ${pipeline.modes.join(", ")}`] : []),
    ...pipeline.options.map((o) => {
      const fallback = o.default === undefined ? "" : ` (default ${JSON.stringify(o.default)})`
      const line = `    ${padEnd(`${o.flag}${o.type === "" ? "" : ` <${o.type}>`}`, 34)}  ${oneLine(o.help)}${fallback}`
      return look.width === undefined ? line : cut(line, look.width - 1)
    })
  ]),
  ...(plugin.extends.length > 0 ? [`  extends ${plugin.extends.join(", ")}`] : []),
  ...(plugin.contributions.length > 0
    ? [`  ${many(plugin.contributions.length, "contribution")}: ${contributionText(plugin)}`]
    : [])
]
const contributionText = ({ contributions }: ListedPlugin): string => {
  const points = new Map<string, number>()
  for (const { point } of contributions) points.set(point, (points.get(point) ?? 0) + 1)
  return [...points].map(([point, n]) => `${n} x ${point}`).join(", ")
}

export const handle = async (call: Call): Promise<ExitCode> => {
  const all = listed(await openProject(call))
  if (flag(call, "json")) printJson(all)
  else if (all.length === 0) process.stderr.write("this project names no plugin: add one under `plugins`\n")
  else {
    const look = lookOf(process.stdout, process.env)
    print(all.flatMap((plugin, i) => [...(i > 0 ? [""] : []), ...pluginLines(plugin, look)]))
  }
  return exitCodes.completed
}

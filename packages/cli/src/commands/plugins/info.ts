/** `tetra plugins info NAME`: what a plugin contributes, and where it runs. */
import process from "node:process"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { duration, many } from "../../output/plain/amounts.ts"
import { type Look, lookOf, paint } from "../../output/plain/look.ts"
import { oneLine, wrap } from "../../output/plain/text.ts"
import { tableLines } from "../../output/table.ts"
import { chosenPlugins } from "../../plugins/chosen.ts"
import { type PluginInfo, pluginInfo, type StageInfo } from "../../plugins/PluginInfo.ts"
import type { Call } from "../../program.ts"
import { flag, openProject } from "../../project/open.ts"
import { print, printJson } from "../../project/store.ts"

const places: Readonly<Record<StageInfo["isolation"], string>> = {
  fiber: "here",
  thread: "own thread",
  process: "own process"
}
const stageLines = (stages: ReadonlyArray<StageInfo>, look: Look): ReadonlyArray<string> =>
  tableLines(
    stages,
    [
      { title: "stage", of: ({ inserted, name }) => oneLine(`${name}${inserted ? " (inserted)" : ""}`) },
      { title: "version", of: ({ version }) => String(version), right: true },
      { title: "runs", of: ({ isolation }) => places[isolation] },
      { title: "tries", of: ({ attempts }) => String(attempts), right: true },
      { title: "timeout", of: ({ timeoutMs }) => (timeoutMs === null ? "-" : duration(timeoutMs)), right: true },
      {
        title: "reads -> makes",
        of: ({ makes, partitioned, reads }) =>
          oneLine(`${reads.join(", ") || "nothing"} -> ${makes.join(", ") || "nothing"}${partitioned ? ", by partition" : ""}`),
        gives: true
      }
    ],
    look
  ).map((line) => `  ${line}`)

/** Why `tetra run` leaves a pipeline out. */
const unnamedText = (pipeline: string): string =>
  oneLine(
    `not in the configuration, so it runs only with --pipeline: add \`pipelines: { ${pipeline}: {} }\` to run it with the others`
  )

const aheadLines = (stages: ReadonlyArray<StageInfo>): ReadonlyArray<string> =>
  stages.flatMap(({ looksAhead, name }) =>
    looksAhead.map(
      ({ because, columns, output }) => `${name}: ${columns === "*" ? output : `${columns} of ${output}`}: ${because}`
    )
  )

export const infoLines = (plugin: PluginInfo, look: Look): ReadonlyArray<string> => {
  const list = (title: string, all: ReadonlyArray<string>) =>
    all.length === 0 ? [] : wrap(oneLine(`${title}: ${all.join(", ")}`), (look.width ?? 120) - 2).map((line) => `  ${line}`)
  return [
    `${paint(look, "bold", oneLine(plugin.name))} ${oneLine(plugin.version)}`,
    `  from ${oneLine(plugin.from)}`,
    `  plugin API ${oneLine(plugin.api)}`,
    ...list(
      "built for",
      Object.entries(plugin.peers).map(([name, range]) => `${name} ${range}`)
    ),
    ...plugin.pipelines.flatMap((pipeline) => [
      "",
      `  ${paint(look, "bold", oneLine(pipeline.name))}  ${oneLine(pipeline.summary)}`,
      ...(pipeline.named ? [] : [`    ${unnamedText(pipeline.name)}`]),
      ...list("  provides", pipeline.provides),
      ...list("  requires", pipeline.requires),
      ...list("  modes", pipeline.modes),
      ...list("  options", pipeline.options)
    ]),
    ...(plugin.stages.length === 0 ? [] : ["", ...stageLines(plugin.stages, look)]),
    ...aheadLines(plugin.stages).flatMap((line) => list("looks ahead", [line])),
    ...(plugin.problem === null ? [] : ["", `  its stages cannot be planned: ${oneLine(plugin.problem)}`]),
    ...list("wraps", plugin.wraps),
    ...Object.entries(plugin.contributions).flatMap(([point, keys]) =>
      list(`${many(keys.length, "contribution")} to ${point}`, keys)
    ),
    ...list("declares the extension points", plugin.points),
    ...(plugin.services ? ["  gives services, built once per run and worker"] : [])
  ]
}
export const handle = async (call: Call): Promise<ExitCode> => {
  const project = await openProject(call)
  const all = await Promise.all(chosenPlugins(project, call).map((plugin) => pluginInfo(project, plugin)))
  if (flag(call, "json")) printJson(call.args[0] === undefined ? all : all[0])
  else {
    const look = lookOf(process.stdout, process.env)
    print(all.flatMap((plugin, i) => [...(i > 0 ? [""] : []), ...infoLines(plugin, look)]))
  }
  return exitCodes.completed
}

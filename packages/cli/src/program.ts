/** The command line as data: names, options, examples. Imports no handler, so that `--help` is quick. */
import process from "node:process"
import { Command } from "commander"
import type { Opening } from "./dashboard/Opening.ts"
import { asTyped, commandHere } from "./output/typed.ts"
import { assetCommands } from "./program/assets.ts"
import { cacheCommands } from "./program/cache.ts"
import { configCommands } from "./program/config.ts"
import { helping } from "./program/helping.ts"
import { looking } from "./program/looking.ts"
import { pipelineCommands } from "./program/pipeline.ts"
import { pluginCommands } from "./program/plugins.ts"
import { running } from "./program/running.ts"
import { serving } from "./program/serving.ts"
import { stateCommands } from "./program/state.ts"
import { tokenCommands } from "./program/token.ts"
import { type Described, examples } from "./program/words.ts"
export { displayFlags, valuedFlags } from "./program/runOptions.ts"

/** What a handler gets: the options by camel-case name, the arguments, and what the command did not know (`run` passes it on). */
export interface Call {
  readonly options: Readonly<Record<string, unknown>>
  readonly args: ReadonlyArray<string>
  /** The dashboard's screen is open already. */
  readonly opening?: Opening
}
export type Perform = (command: string, call: Call) => Promise<void>
const describe = (parent: Command, path: string, name: string, described: Described, perform: Perform): void => {
  const full = path === "" ? name : `${path} ${name}`
  const command = parent
    .command(name)
    .summary(described.summary)
    .description(`${described.summary[0]?.toUpperCase()}${described.summary.slice(1)}.`)
  for (const [argument, help] of described.arguments ?? []) command.argument(argument, help)
  for (const one of described.options ?? []) command.addOption(one)
  command
    .option("-c, --config <file>", "configuration file")
    .option("--env <name>", "environment: an overlay on the configuration")
    .option("-q, --quiet", "say only what went wrong")
    .option("-v, --verbose", "say more")
    .addHelpText("after", examples(...described.examples))
  if (full === "run" || full === "analyze" || full === "backfill") command.allowUnknownOption().allowExcessArguments()
  if (full === "run") {
    command.usage("[options] [pipeline options]")
    command.addHelpText(
      "after",
      "\nPipeline options pass through: --type all --scenario all --strategies all (see tetra plugins list)."
    )
  }
  command.action(async () => perform(full, { options: command.opts(), args: command.args }))
}
const group = (
  program: Command,
  name: string,
  summary: string,
  all: Readonly<Record<string, Described>>,
  perform: Perform
): void => {
  const parent = program
    .command(name)
    .helpCommand(false)
    .summary(summary)
    .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)
  for (const [child, described] of Object.entries(all)) describe(parent, name, child, described, perform)
  parent.addHelpText("after", examples(...Object.values(all).flatMap((d) => d.examples.slice(0, 1))))
}

/** Commands of two words: what the first one is about, and the second words. */
const groups: Readonly<Record<string, readonly [string, () => Readonly<Record<string, Described>>]>> = {
  assets: ["what the pipelines provide: versions, rows, freshness; the data itself", assetCommands],
  config: ["check and show the configuration", configCommands],
  token: ["tokens for the HTTP API of the server", tokenCommands],
  pipeline: ["versions of a pipeline: one in force, one in its shadow", pipelineCommands],
  plugins: ["plugins of this project", pluginCommands],
  cache: ["what can be reused, and how to throw it away", cacheCommands],
  state: ["check, mend, back up and move what was recorded", stateCommands]
}

/**
 * The command tree; `perform` is called with the words of the command (`assets export`) and what it was given. With `first`, the first word that was
 * typed, only the part of the tree that it names is made, when it names one: nothing else of it is needed then.
 */
export const buildProgram = (version: string, perform: Perform, first?: string): Command => {
  const command = commandHere(process.env, process.argv[1])
  const program = new Command("tetra")
    .description("Typed, durable, interruptible data pipelines.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "show help")
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: false })
    .exitOverride()
    // `usage.ts` says what is wrong.
    .configureOutput({ outputError: () => {}, writeOut: (help) => process.stdout.write(asTyped(help, command)) })
    .showSuggestionAfterError(true)
  const all = { ...running(), ...serving(), ...looking(), ...helping() }
  const isKnown = first !== undefined && (Object.hasOwn(all, first) || Object.hasOwn(groups, first))
  const isMeant = (name: string): boolean => !isKnown || name === first
  for (const [name, described] of Object.entries(all)) if (isMeant(name)) describe(program, "", name, described, perform)
  for (const [name, [summary, within]] of Object.entries(groups))
    if (isMeant(name)) group(program, name, summary, within(), perform)
  program.addHelpText(
    "after",
    examples("tetra init demo && cd demo", "tetra run --mode daily", "tetra status", "tetra analyze sales.csv --target revenue")
  )
  return program
}

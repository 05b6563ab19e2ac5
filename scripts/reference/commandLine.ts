/** docs/reference/cli.md, from the command line as data. */
import { buildProgram } from "../../packages/cli/src/program.ts"
import { table } from "./schemaWords.ts"

type Command = ReturnType<typeof buildProgram>
type Option = Command["options"][number]
/** Every command has these; they are told once. */
const everywhere = new Set(["--config", "--env", "--quiet", "--verbose"])
const valueOf = (option: Option): string => {
  const choices = option.argChoices === undefined ? [] : [`one of ${option.argChoices.map((one) => `\`${one}\``).join(", ")}`]
  const fallback = option.defaultValue === undefined ? [] : [`default \`${String(option.defaultValue)}\``]
  return [...choices, ...fallback].join("; ")
}
const tableOf = (options: ReadonlyArray<Option>): string =>
  table(
    ["option", "does", "values"],
    options.map((option) => [`\`${option.flags}\``, option.description, valueOf(option)])
  )

/** The lines below `Examples:` in the help. */
const examplesOf = (command: Command): ReadonlyArray<string> => {
  let text = ""
  command.configureOutput({ writeOut: (part) => void (text += part) }).outputHelp()
  return [...text.matchAll(/^ {2}\$ (.*)$/gmu)].map(([, line]) => line!)
}
const sectionOf = (path: string, command: Command): string => {
  const words = command.registeredArguments.map((one) => {
    const shown = one.variadic ? `${one.name()}...` : one.name()
    return one.required ? `<${shown}>` : `[${shown}]`
  })
  const own = command.options.filter(({ long }) => !everywhere.has(long ?? ""))
  const usage = ["tetra", path, ...(own.length === 0 ? [] : ["[options]"]), ...words].join(" ")
  const told = command.registeredArguments.map((one) => `- \`${one.name()}\`: ${one.description}`)
  return [
    `### tetra ${path}`,
    command.description(),
    `Usage: \`${usage}\``,
    ...(told.length === 0 ? [] : [told.join("\n")]),
    ...(own.length === 0 ? [] : [tableOf(own)]),
    // Not a block of `sh`: examples of the help stand for files and runs that only their reader has.
    ["```text", ...examplesOf(command), "```"].join("\n")
  ].join("\n\n")
}
/** Groups (`tetra assets`) give their commands. */
const leavesOf = (command: Command, path = ""): ReadonlyArray<readonly [string, Command]> =>
  command.commands.length === 0
    ? [[path, command]]
    : command.commands.flatMap((one) => leavesOf(one, path === "" ? one.name() : `${path} ${one.name()}`))

export const commandLinePage = (): string => {
  const leaves = leavesOf(buildProgram("0.0.0", async () => {}))
  const anchor = (path: string): string => `#tetra-${path.replaceAll(" ", "-")}`
  const shared = leaves[0]![1].options.filter(({ long }) => everywhere.has(long ?? ""))
  return [
    "# Command line: every command and option",
    "How they are used, with the exit codes: [command-line.md](../command-line.md). `tetra COMMAND --help` prints the same. Parameters of pipelines are options of `tetra run`, too;\n`tetra plugins list` prints those of the plugins of a project.",
    table(
      ["command", "does"],
      leaves.map(([path, one]) => [`[\`tetra ${path}\`](${anchor(path)})`, one.summary()])
    ),
    "## Options of every command",
    tableOf([...shared]),
    "## Commands",
    ...leaves.map(([path, one]) => sectionOf(path, one))
  ].join("\n\n")
}

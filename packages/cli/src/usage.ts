/** What commander says about wrong words, as every other message of ours says it. Pure. */
import type { Command, CommanderError } from "commander"
import { Refusal } from "./failure.ts"
import { didYouMean } from "./nearest.ts"

/** `tetra config show`: the words of the line that name a command. */
const pathOf = (program: Command, words: ReadonlyArray<string>): string => {
  let command = program
  const path = ["tetra"]
  for (const word of words) {
    const next = command.commands.find((one) => one.name() === word)
    if (next === undefined) break
    path.push(word)
    command = next
  }
  return path.join(" ")
}
/** `unknown option --limt. Did you mean --limit?` */
const textOf = (message: string): string =>
  message
    .replace(/^error: /u, "")
    .replace(/\.?\s*\(Did you mean (?:one of )?([^?]*)\?\)/u, ". Did you mean $1?")
    .replaceAll(/'(-[^']*)'/gu, "$1")
    .replaceAll(/'([^']*)'/gu, '"$1"')
    .replace(/^option (--[\w-]+).* argument "([^"]*)" is invalid\. (?:Allowed choices are (.*)\.$)?/u, choicesText)

/** `--output takes auto, tui, plain, json, and not "plian". Did you mean plain?` */
const choicesText = (_: string, flag: string, word: string, choices: string | undefined): string =>
  choices === undefined
    ? `${flag} "${word}": `
    : `${flag} takes ${choices}, and not "${word}".${didYouMean(word, choices.split(", "))}`
/** A wrong option, argument or command as a refusal; undefined for what is no error: help that was asked for. */
export const usageRefusal = (error: CommanderError, program: Command, words: ReadonlyArray<string>): Refusal | undefined => {
  if (error.exitCode === 0 || error.code === "commander.help") return undefined
  const path = pathOf(program, words)
  return new Refusal(textOf(error.message), {
    hint: `\`${path} --help\` shows ${path === "tetra" ? "every command" : "its options and examples"}`
  })
}

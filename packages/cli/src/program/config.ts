/** The words behind `tetra config`. */
import { type Described, json, option } from "./words.ts"

export const configCommands = (): Readonly<Record<string, Described>> => ({
  validate: { summary: "check the configuration: every problem at once", options: [json()], examples: ["tetra config validate"] },
  show: {
    summary: "the configuration in force, without secrets",
    options: [option("--diff <env>", "what another environment has differently, and what follows from it"), json()],
    examples: ["tetra config show", "tetra config show --env production --json", "tetra config show --env dev --diff production"]
  },
  schema: {
    summary: "JSON Schema of the configuration, for editors",
    options: [option("--events", "of the lines that --output json prints instead, for programs that read them")],
    examples: ["tetra config schema > tetra.schema.json", "tetra config schema --events > run-event.schema.json"]
  },
  versions: {
    summary: "every configuration that was in force, and what changed with it",
    options: [json()],
    examples: ["tetra config versions"]
  },
  diff: {
    summary: "what is different between two versions, and what follows from it",
    arguments: [
      ["[before]", "number, beginning of a hash, or current (default: the newest version)"],
      ["[after]", "the same (default: current)"]
    ],
    options: [json()],
    examples: ["tetra config diff", "tetra config diff 2 5", "tetra config diff 3 current"]
  },
  rollback: {
    summary: "write the file as it was in an earlier version; what stands there is kept in .bak",
    arguments: [["<version>", "number, or beginning of a hash"]],
    options: [option("--yes", "do it: without this flag it only says what would change")],
    examples: ["tetra config rollback 3", "tetra config rollback 3 --yes"]
  }
})

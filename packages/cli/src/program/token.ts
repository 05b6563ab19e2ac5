/** The words behind `tetra token`. */
import { choice, type Described, json, option, whole } from "./words.ts"

export const tokenCommands = (): Readonly<Record<string, Described>> => ({
  create: {
    summary: "make a token; it is shown once",
    arguments: [["<name>", "whose it is, or what it is for"]],
    options: [
      choice("--scope <scope>", "read; run: also begins and stops runs; admin: everything", ["read", "run", "admin"], "read"),
      option("--days <n>", "how long it holds; without end when it is left away", whole(1)),
      json()
    ],
    examples: ["tetra token create grafana", "tetra token create ci --scope run --days 90"]
  },
  list: {
    summary: "the tokens that hold, without their texts",
    options: [json()],
    examples: ["tetra token list"]
  },
  revoke: {
    summary: "take a token back, at once",
    arguments: [["<id>", "as `tetra token list` shows it"]],
    options: [],
    examples: ["tetra token revoke 1a2b3c4d"]
  }
})

/** The words behind `tetra cache`. */
import { type Described, json, option } from "./words.ts"

export const cacheCommands = (): Readonly<Record<string, Described>> => ({
  ls: {
    summary: "what can be reused: results by stage, with their size and when they were used last",
    options: [option("-p, --pipeline <name>", "only of this pipeline"), json()],
    examples: ["tetra cache ls", "tetra cache ls --pipeline data_pipeline --json"]
  },
  clear: {
    summary: "throw cached results away: the next run computes them anew; published data stays",
    options: [
      option("-p, --pipeline <name>", "only of this pipeline"),
      option("--older-than <time>", "only what was not used for this long (12h, 7d)"),
      option("--dry-run", "say what would go, change nothing"),
      option("--yes", "do it: without this flag it only says what it would do")
    ],
    examples: ["tetra cache clear --older-than 7d --dry-run", "tetra cache clear --pipeline data_pipeline --yes"]
  }
})

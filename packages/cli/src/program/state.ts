/** The words behind `tetra state`. */
import { confirmed, type Described, json, option } from "./words.ts"

export const stateCommands = (): Readonly<Record<string, Described>> => ({
  verify: {
    summary: "work every table out from the event log and compare row by row; check that every event is what was written",
    options: [option("--data", "read every stored file, too, and compare its content with what is recorded"), json()],
    examples: ["tetra state verify", "tetra state verify --data"]
  },
  repair: {
    summary: "make every table what the event log says",
    options: [confirmed(), json()],
    examples: ["tetra state repair"]
  },
  reset: {
    summary: "forget one pipeline's state, cached results and checkpoints; past runs and data stay",
    arguments: [["<pipeline>", "the pipeline"]],
    options: [option("--yes", "do it: without this flag it only says what it would do")],
    examples: ["tetra state reset data_pipeline --yes"]
  },
  export: {
    summary: "back the state up into a file",
    arguments: [["<file>", "file to write; - for standard output"]],
    examples: ["tetra state export state.jsonl", "tetra state export - | gzip > state.jsonl.gz"]
  },
  import: {
    summary: "restore a backup into an empty store",
    arguments: [["<file>", "file of `tetra state export`; - for standard input"]],
    options: [confirmed()],
    examples: ["tetra state import state.jsonl"]
  },
  migrate: {
    summary: "bring the store's schema up to date, or move everything to another store",
    options: [option("--to <url>", "an empty store: postgres://user:password@host/database, or embedded"), confirmed()],
    examples: ["tetra state migrate --to postgres://tetra@db.example/tetra"]
  },
  collect: {
    summary: "forget what is older than the retention, remove files that nothing refers to",
    options: [option("--dry-run", "say what would go and how much space comes back, change nothing"), confirmed(), json()],
    examples: ["tetra state collect --dry-run", "tetra state collect"]
  }
})

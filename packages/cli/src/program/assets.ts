/** The words behind `tetra assets`. */
import { atLeastZero, type Described, json, option, whole } from "./words.ts"

export const assetCommands = (): Readonly<Record<string, Described>> => ({
  list: { summary: "every asset: newest version, rows, age, producer", options: [json()], examples: ["tetra assets list"] },
  show: {
    summary: "versions of one asset, its inputs and coverage",
    arguments: [["<name>", "asset"]],
    options: [option("--limit <n>", "how many versions", whole(1)).default(10), json()],
    examples: ["tetra assets show market_data"]
  },
  diff: {
    summary: "what two versions of an asset differ in: columns, rows, keys, and how far numbers are apart",
    arguments: [
      ["<name>", "asset"],
      ["<before>", "a version or its beginning"],
      ["[after]", "the same (default: the newest)"]
    ],
    options: [
      option("--tolerance <n>", "numbers this far apart, or this far as a ratio, are the same (default: 1e-9)", atLeastZero),
      json()
    ],
    examples: ["tetra assets diff market_data 3f9a1c", "tetra assets diff strategy_rankings 3f9a1c 77d0e2 --tolerance 1e-6"]
  },
  path: {
    summary: "the folder that holds the files of an asset",
    arguments: [["<name>", "asset"]],
    options: [option("--version <version>", "a version or its beginning (default: the newest)")],
    examples: ["tetra assets path market_data"]
  },
  export: {
    summary: "write the data itself",
    arguments: [["<name>", "asset"]],
    options: [
      option("--version <version>", "a version or its beginning (default: the newest)"),
      option("--format <format>", "csv, json, parquet, or one of a plugin (default: by the name of the file, else csv)"),
      option("--to <file>", "file to write; else standard output (not for parquet)")
    ],
    examples: [
      "tetra assets export market_data --format csv > bars.csv",
      "tetra assets export strategy_rankings --to rankings.parquet"
    ]
  }
})

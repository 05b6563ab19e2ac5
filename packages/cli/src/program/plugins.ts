/** The words behind `tetra plugins`. */
import { type Described, json, option, repeated, whole } from "./words.ts"

export const pluginCommands = (): Readonly<Record<string, Described>> => ({
  list: { summary: "plugins of the project and what they bring", options: [json()], examples: ["tetra plugins list"] },
  info: {
    summary: "what a plugin contributes, where each stage runs, and what it was built for",
    arguments: [["[name]", "the plugin (default: those of the project that do not ship with Tetra)"]],
    options: [json()],
    examples: ["tetra plugins info", "tetra plugins info @tetra/plugin-metrics"]
  },
  new: {
    summary: "make a plugin: a TypeScript package with a stage, its test and all that publishing needs, or one local file",
    arguments: [["<name>", "package name, @acme/tetra-prices or prices; with --local a file name"]],
    options: [
      option("--local", "one file in this project, wired into its configuration"),
      option("--dir <folder>", "where the package goes (default: a folder of its name)")
    ],
    examples: ["tetra plugins new @acme/tetra-prices", "tetra plugins new greeting --local"]
  },
  check: {
    summary: "whether what the plugins say of themselves fits together; runs no stage",
    arguments: [["[plugin]", "name, or path of a module or package (default: those of the project that do not ship with Tetra)"]],
    options: [json()],
    examples: [
      "tetra plugins check",
      "tetra plugins check ./plugins/prices.ts",
      "tetra plugins check @tetra/plugin-metrics --json"
    ]
  },
  certify: {
    summary: "try every stage of a plugin: deterministic, interruptible, resumable, without look-ahead, leaving nothing behind",
    arguments: [["[name]", "the plugin (default: those of the project that do not ship with Tetra)"]],
    options: [
      option("--stage <name>", "only this stage, pipeline.stage or its id; may be repeated", repeated),
      option("--samples <file>", "a module whose default export holds assets by name, for those that no pipeline provides"),
      option("--looks-ahead <stage>", "this stage may use what is later than a row (labels); may be repeated", repeated),
      option("--timeout <seconds>", "longest that one check may take (default: 120)", whole(1)),
      json()
    ],
    examples: ["tetra plugins certify", "tetra plugins certify @tetra/plugin-metrics --stage metrics/indicators"]
  }
})

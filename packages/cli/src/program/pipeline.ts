/** The words behind `tetra pipeline`. */
import { choice, type Described, json, option } from "./words.ts"

export const pipelineCommands = (): Readonly<Record<string, Described>> => ({
  versions: {
    summary: "which version of a pipeline is in force, which runs in its shadow, how both agree",
    arguments: [["[pipeline]", "with all comparisons and promotions of this one"]],
    options: [json()],
    examples: ["tetra pipeline versions", "tetra pipeline versions metrics_pipeline"]
  },
  shadow: {
    summary: "run another version with the inputs of the last run, unseen by others, and compare",
    arguments: [
      ["<pipeline>", "pipeline with several versions"],
      ["[version]", "default: its shadow"]
    ],
    options: [
      option("--run <run>", "follow this run (default: the newest that completed the pipeline)"),
      choice("--output <how>", "how to follow the run", ["auto", "plain", "json"], "auto")
    ],
    examples: ["tetra pipeline shadow metrics_pipeline", "tetra pipeline shadow metrics_pipeline green --run latest"]
  },
  promote: {
    summary: "put another version of a pipeline in force, with what its shadow made",
    arguments: [
      ["<pipeline>", "pipeline with several versions"],
      ["<version>", "three clean shadow runs are needed"]
    ],
    options: [
      option("--yes", "do it, instead of showing what would be done"),
      option("--force", "without three clean shadow runs"),
      option("--reason <text>", "recorded with it")
    ],
    examples: [
      "tetra pipeline promote metrics_pipeline green",
      "tetra pipeline promote metrics_pipeline green --yes --reason 'new library'"
    ]
  },
  rollback: {
    summary: "put the version in force that was before the last promotion, with its assets",
    arguments: [["<pipeline>", "pipeline with several versions"]],
    options: [option("--yes", "do it, instead of showing what would be done"), option("--reason <text>", "recorded with it")],
    examples: ["tetra pipeline rollback metrics_pipeline --yes"]
  }
})

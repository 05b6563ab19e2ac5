import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { embeddedProject, graphOf, graphText } from "@tetra/core/engine"
import { plugins } from "../config/projects.ts"

const model = Effect.map(
  embeddedProject({ cwd: "/", plugins: [plugins["@tetra/plugin-scenarios"], plugins["@tetra/plugin-data"]] }),
  graphOf
)

describe("graph", () => {
  it.effect("shows pipelines in the order in which they run, with stages and assets, as a tree", () =>
    Effect.gen(function* () {
      assert.strictEqual(
        graphText(yield* model, "tree"),
        [
          "data_pipeline (@tetra/plugin-data)",
          "└─ all -> market_data, economic_data, events, news",
          "scenarios_pipeline (@tetra/plugin-scenarios, after data_pipeline)",
          "└─ all <- market_data -> scenario_definitions, scenario_timeseries",
          ""
        ].join("\n")
      )
    })
  )
  it.effect("is written as Mermaid, Graphviz and JSON", () =>
    Effect.gen(function* () {
      const graph = yield* model
      const mermaid = graphText(graph, "mermaid")
      assert.include(mermaid, 'flowchart LR\n  subgraph p0["data_pipeline"]\n    s0["all"]\n  end\n')
      assert.include(mermaid, '  a0[("market_data")]\n')
      assert.include(mermaid, "  s0 --> a0\n  a0 --> s1\n")
      const dot = graphText(graph, "dot")
      assert.match(dot, /^digraph tetra \{\n[^]*a0 \[label="market_data", shape=cylinder\];[^]*s0 -> a0;[^]*\}\n$/)
      assert.deepStrictEqual(JSON.parse(graphText(graph, "json")), JSON.parse(JSON.stringify(graph)))
    })
  )
})

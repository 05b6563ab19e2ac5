import { resolve } from "node:path"
import { defineStage } from "@tetra/core"
import { Schema } from "effect"
import { inspectFile } from "../loading/inspectFile.ts"
import { LoadFailed } from "../loading/LoadFailed.ts"
import { decodeHead, encodingOf, formatOf, lineEndsOf } from "../loading/recognise.ts"
import { Source } from "../types.ts"

/** Finds the file, reads it once for its content hash, and recognises format and encoding. */
export const initialization = defineStage({
  id: "analytics/initialization",
  version: 1,
  summary: "Find the file, fingerprint it, recognise its format.",
  config: Schema.Struct({
    data_source: Schema.String,
    format: Schema.Literals(["auto", "csv", "tsv", "json", "ndjson", "parquet"])
  }),
  outputs: { source: Source },
  errors: [LoadFailed],
  // The file may have changed under the same path: its content is part of the output, which later stages are cached by.
  policy: { onFailure: "fail", timeout: "1 hour", cache: "never" },
  async run(context) {
    const { config, signal } = context
    if (config.data_source.trim() === "") {
      throw new LoadFailed({
        code: "LOAD_NOT_FOUND",
        file: "data_source",
        detail: "No file is named.",
        hint: "Set data_source to the path of a file, for example data/sales.csv."
      })
    }
    const path = resolve(config.data_source)
    const facts = await inspectFile(path, signal, (done, total) => context.progress(done, total, "bytes"))
    const asked = config.format === "tsv" ? "csv" : config.format
    const format = formatOf(path, facts, asked)
    const encoding = format === "parquet" ? { encoding: "utf-8" as const, mark: 0 } : encodingOf(facts)
    return {
      source: {
        path,
        name: facts.name,
        bytes: facts.bytes,
        sha256: facts.sha256,
        format,
        ...encoding,
        lineEnds: format === "parquet" ? "lf" : lineEndsOf(decodeHead(facts.head, encoding))
      }
    }
  }
})

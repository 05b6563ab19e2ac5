import { Schema } from "effect"
import type { DatasetRef } from "./data.ts"
import { defineExtensionPoint } from "./extension.ts"

/** A file format. `tetra assets export NAME --format FORMAT`, or by the ending of `--to`. */
export interface Exporter {
  /** The format: `xlsx`. */
  readonly name: string
  /** With its dot: `.xlsx`. */
  readonly extension: string
  /** Writes a table, in as many chunks as it likes; `put` waits while the reader is slow. Absent: tables have no such form. */
  readonly table?: (data: DatasetRef, put: (chunk: string | Uint8Array) => Promise<void>) => Promise<void>
  /** The same for a value. */
  readonly value?: (value: unknown, put: (chunk: string | Uint8Array) => Promise<void>) => Promise<void>
}
/** Formats beside csv, json and parquet. */
export const Exporters = defineExtensionPoint<Exporter>()("tetra.exporter", {
  key: (exporter) => exporter.name,
  shape: Schema.Struct({ name: Schema.NonEmptyString, extension: Schema.String.check(Schema.isPattern(/^\.\w+$/u)) })
})

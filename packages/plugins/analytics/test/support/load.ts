import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { testStage } from "@tetra/core/testing"
import type { DateOrder } from "../../src/schema/dateFormats.ts"
import { dataLoading } from "../../src/stages/dataLoading.ts"
import { initialization } from "../../src/stages/initialization.ts"
import type { ColumnSchema, TableSchema } from "../../src/types.ts"

/** Runs `work` with a private folder that is removed afterwards. */
export const withFolder = async <A>(work: (folder: string) => Promise<A>): Promise<A> => {
  const folder = await mkdtemp(join(tmpdir(), "tetra-test-"))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
export const withFile = async <A>(name: string, content: string | Uint8Array, work: (path: string) => Promise<A>): Promise<A> =>
  withFolder(async (folder) => {
    const path = join(folder, name)
    await writeFile(path, content)
    return work(path)
  })

export interface Loaded {
  readonly error: string | undefined
  readonly schema: TableSchema
  /** Cells as people see them: text for text columns, numbers for the others, null when missing. */
  readonly cells: (column: string) => ReadonlyArray<string | number | null>
  readonly column: (name: string) => ColumnSchema
  readonly source: { readonly encoding: string; readonly format: string }
}
interface Options {
  readonly target?: string
  readonly ids?: ReadonlyArray<string>
  readonly order?: DateOrder
}

/** Loads made content through the first two stages. */
export const load = (content: string | Uint8Array, name = "made.csv", options: Options = {}): Promise<Loaded> =>
  withFile(name, content, async (path) => {
    const first = await testStage(initialization, { config: { data_source: path, format: "auto" } })
    const failed = (message: string): Loaded => ({ error: message.replaceAll(path, name) }) as Loaded
    if (first.error !== undefined) return failed(first.error.message)
    const { source } = first.outputs
    const config = {
      limits: {},
      id_columns: options.ids ?? [],
      date_order: options.order ?? "auto",
      ...(options.target === undefined ? {} : { target_column: options.target })
    }
    const second = await testStage(dataLoading, { config, inputs: { source } })
    if (second.error !== undefined) return failed(second.error.message)
    const { labels, schema, table } = second.outputs
    const texts = new Map(labels.map((l) => [`${l.column}\n${l.code}`, l.label]))
    const column = (wanted: string) => schema.columns.find((c) => c.name === wanted)!
    return {
      error: undefined,
      schema,
      source,
      column,
      cells: (wanted) =>
        table.map((row) => {
          const cell = (row as unknown as Record<string, number>)[wanted] ?? NaN
          return Number.isNaN(cell) ? null : column(wanted).physical === "text" ? texts.get(`${wanted}\n${cell}`)! : cell
        })
    }
  })

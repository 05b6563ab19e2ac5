import type { Table } from "../../authoring/data.ts"
import type { KnowledgeTimes } from "../../domain/Artifact.ts"
import { knowledgeTimes } from "../../execution/knowledgeTimes.ts"
import { type GroupFile, makeGroupFile } from "../parquet/GroupFile.ts"
import { type Field, fieldsOf, groupRows, type Rows, type Vector } from "../parquet/layout.ts"
import { readColumns } from "../parquet/ParquetFile.ts"
import { type ColumnBuilder, columnBuilder, slice } from "../parquet/vectors.ts"

/**
 * Rows on their way into one Parquet file. They are cut into row groups of fixed size whatever the batches were, so the
 * bytes depend on the rows alone. At most one row group is held in memory.
 */
export class Rechunker {
  readonly fields: ReadonlyArray<Field>
  readonly file: GroupFile
  readonly #builders: ReadonlyArray<ColumnBuilder>
  readonly #type: Table
  #held = 0
  /** Rows that are durable in segments already. */
  sealed = 0
  constructor(path: string, type: Table, more: ReadonlyArray<string>) {
    this.#type = type
    this.fields = fieldsOf(type, more)
    this.file = makeGroupFile(path, type.id, this.fields)
    this.#builders = this.fields.map(({ kind }) => columnBuilder(kind))
  }
  #view(from: number): Rows {
    const columns = this.fields.map((field, i): readonly [string, Vector] => {
      const view = this.#builders[i]?.view() ?? new Uint8Array(0)
      return [field.name, slice(view, from, this.#held)]
    })
    return { rows: this.#held - from, columns: Object.fromEntries(columns) }
  }
  async #flush(): Promise<void> {
    await this.file.append(this.#view(0))
    for (const builder of this.#builders) builder.clear()
    this.#held = 0
  }
  async add({ columns, rows }: Rows): Promise<void> {
    for (let from = 0; from < rows;) {
      const to = Math.min(rows, from + groupRows - this.#held)
      for (const [i, { name }] of this.fields.entries()) {
        const vector = columns[name]
        if (vector !== undefined) this.#builders[i]?.add(slice(vector, from, to))
      }
      this.#held += to - from
      from = to
      if (this.#held === groupRows) await this.#flush()
    }
  }
  /** The rows that are in no segment yet, from row groups that are written and from the one that is held. */
  async *unsealed(): AsyncGenerator<Rows> {
    const groups = this.file.groups()
    for (let i = Math.floor(this.sealed / groupRows); i < groups.length; i++) {
      const group = groups[i]
      if (group === undefined) continue
      const vectors = await readColumns(this.file.path, group, this.fields)
      const from = Math.max(0, this.sealed - i * groupRows)
      const columns = this.fields.map(
        (field, at) => [field.name, slice(vectors[at] ?? new Uint8Array(0), from, groupRows)] as const
      )
      yield { rows: groupRows - from, columns: Object.fromEntries(columns) }
    }
    const held = Math.max(0, this.sealed - groups.length * groupRows)
    if (this.#held > held) yield this.#view(held)
  }
  get rows(): number {
    return this.file.groups().length * groupRows + this.#held
  }
  /** What the written rows are about, by the statistics of their row groups. */
  get times(): KnowledgeTimes {
    return knowledgeTimes(this.#type, (column) => {
      const at = this.fields.findIndex(({ name }) => name === column)
      return this.file
        .groups()
        .map((group) => group.columns[at]?.meta_data?.statistics?.max_value)
        .filter((cell) => typeof cell === "number" || typeof cell === "bigint")
        .reduce<number | bigint | undefined>((most, cell) => (most === undefined || cell > most ? cell : most), undefined)
    })
  }
  async finish() {
    if (this.#held > 0) await this.#flush()
    return this.file.finish()
  }
}

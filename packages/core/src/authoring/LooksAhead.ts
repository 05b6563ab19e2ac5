/** What a stage says of its own look-ahead: which of its columns use rows that are later than their own, and why that is right. */
import type { OutPorts, Table, TypeOf } from "./data.ts"

/** A column, or with a `*` at its end all that begin so: `label_*`. */
type ColumnName<T> = T extends Table<any, infer Cols> ? (keyof Cols & string) | `${string}*` : never
/** By output: why all of it looks ahead, or why some of its columns do. */
export type LooksAhead<Out extends OutPorts = OutPorts> = {
  readonly [O in keyof Out]?: string | { readonly [C in ColumnName<TypeOf<Out[O]>>]?: string }
}
/** One declaration, types erased: `columns` is `*` for the whole output. */
export interface DeclaredLookAhead {
  readonly output: string
  readonly columns: string
  readonly because: string
}
export type ErasedLookAhead = Readonly<Record<string, string | Readonly<Record<string, string>> | undefined>>

export const declaredLookAhead = (declared: ErasedLookAhead): ReadonlyArray<DeclaredLookAhead> =>
  Object.entries(declared).flatMap(([output, said]) =>
    typeof said === "string"
      ? [{ output, columns: "*", because: said }]
      : Object.entries(said ?? {}).map(([columns, because]) => ({ output, columns, because }))
  )
export const isDeclared = ({ columns }: DeclaredLookAhead, column: string): boolean =>
  columns.endsWith("*") ? column.startsWith(columns.slice(0, -1)) : column === columns

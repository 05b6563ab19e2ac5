/* oxlint-disable typescript/no-unnecessary-type-parameters -- the one place where what we wrote ourselves gets its type back:
   SQLite cells, our own JSON and Parquet columns carry none, and re-checking each row with a schema costs more than reading
   it. What others wrote (adopted files, footers) is checked where it is read. */

/** A value that this package wrote and now reads back, as the type it was written as. */
export const recorded = <A>(value: unknown): A => value as A
/** The JSON text of such a value. */
export const recordedJson = <A>(text: unknown): A => JSON.parse(String(text)) as A

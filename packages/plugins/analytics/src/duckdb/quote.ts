/** A quoted SQL identifier. Every column name that reaches SQL goes through here. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A quoted SQL text literal, for the places where DuckDB takes no bound value (table functions' options, SET). */
export const literal = (value: string): string => `'${value.replaceAll("'", "''")}'`

/** What is wrong with the user's files. Collected as data, all at once; never thrown one by one. */
export interface Diagnostic {
  readonly level: "error" | "warning"
  /** A file position (`config/orchestration.yaml:12:7`), a plugin, or `pipeline.stage`. */
  readonly where: string
  /** The path in the document (`pipelines.data_pipeline.config.symbols`), when there is one. */
  readonly path?: string
  readonly message: string
  /** What to do about it. */
  readonly hint: string
  /** The asset that is needed and that nobody provides, where that is the problem. */
  readonly lacks?: string
  /** The place in a module that it comes from, when that is not `where`: a syntax error of a plugin, the line that threw. */
  readonly code?: CodePlace
}
/** A place in a file of code. `file` is absolute; `line` and `column` count from 1. */
export interface CodePlace {
  readonly file: string
  readonly line: number
  readonly column: number
}

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
}

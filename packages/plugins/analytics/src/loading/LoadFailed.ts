import { Schema } from "effect"

export const LoadCode = Schema.Literals([
  "LOAD_NOT_FOUND",
  "LOAD_EMPTY_FILE",
  "LOAD_UNREADABLE",
  "LOAD_UNKNOWN_FORMAT",
  "LOAD_BAD_JSON",
  "LOAD_BAD_PARQUET",
  "LOAD_UNCLOSED_QUOTE",
  "LOAD_TOO_WIDE",
  "LOAD_OUT_OF_MEMORY"
])
/** The file cannot be loaded: what is wrong, where (1-based line and column, 0-based byte), and how to mend it. */
export class LoadFailed extends Schema.TaggedError<LoadFailed>()("LoadFailed", {
  code: LoadCode,
  file: Schema.String,
  detail: Schema.String,
  hint: Schema.String,
  line: Schema.optionalKey(Schema.Int),
  column: Schema.optionalKey(Schema.Int),
  byte: Schema.optionalKey(Schema.Int)
}) {
  override get message() {
    const at = [
      this.line === undefined ? [] : [`line ${this.line}`],
      this.column === undefined ? [] : [`column ${this.column}`],
      this.byte === undefined ? [] : [`byte ${this.byte}`]
    ]
      .flat()
      .join(", ")
    return `${this.code}: ${this.file}${at === "" ? "" : ` (${at})`}: ${this.detail} ${this.hint}`
  }
}

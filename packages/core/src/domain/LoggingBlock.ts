import { Schema } from "effect"
import { field } from "./field.ts"
import { durationMs, memoryMB } from "./Quantities.ts"

const doc = (description: string) => ({ description })
const Size = Schema.String.check(
  Schema.makeFilter((text: string) => memoryMB(text) !== undefined, { expected: 'a size such as "10MB" or "1GB"' })
)
const Age = Schema.String.check(
  Schema.makeFilter((text: string) => (durationMs(text) ?? 0) > 0, { expected: 'a duration such as "12h" or "7d"' })
)
/** What a server writes into `logs/daemon.jsonl`, and when that file gives way to a new one. */
export const LoggingBlock = Schema.Struct({
  level: Schema.optionalKey(
    Schema.Literals(["debug", "info", "warn", "error"]).annotate(
      doc("What is told, this and above: info when it is left away; debug tells every request and stacks")
    )
  ),
  max_size: field(Size, "Of one file. Default 10MB"),
  max_age: field(Age, "From the first line of a file to its last. Default 7d"),
  files: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100 })).annotate(
      doc("Files in all: daemon.jsonl, daemon.1.jsonl, ... Default 5")
    )
  )
}).annotate(doc("The log of a server, logs/daemon.jsonl"))

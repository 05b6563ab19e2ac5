import { Schema } from "effect"

/** A key that may be left out, and what it is for. Said of the key itself: the check of a text would swallow its own description. */
export const field = <S extends Schema.Constraint>(schema: S, description: string) =>
  Schema.optionalKey(schema).pipe(Schema.annotateKey({ description }))

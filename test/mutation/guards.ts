import { commitPath } from "./guards/attempts.ts"
import type { Guard } from "./guards/Guard.ts"
import { acknowledged, loop, startsAlong } from "./guards/loop.ts"
import { durability, files, journal, memory } from "./guards/storage.ts"

export type { Guard } from "./guards/Guard.ts"
export const listed: ReadonlyArray<Guard> = [
  ...journal,
  ...memory,
  ...files,
  ...commitPath,
  ...loop,
  ...durability,
  ...acknowledged,
  ...startsAlong
]

/** Every rule of the order of events is a guard: `must(` of the reducer, one after the other. */
export const rules = { file: "domain/evolve.ts", from: "must(", tests: ["decide/orders.test.ts"] } as const

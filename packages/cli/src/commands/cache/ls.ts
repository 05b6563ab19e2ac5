/** `tetra cache ls`: what can be reused, by stage, the largest first. */
import process from "node:process"
import { type CacheEntry, cacheEntries } from "@tetra/core/storage"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { ago, bytes, count, many } from "../../output/plain/amounts.ts"
import { type Look, lookOf } from "../../output/plain/look.ts"
import { tableLines } from "../../output/table.ts"
import type { Call } from "../../program.ts"
import { flag, text } from "../../project/open.ts"
import { print, printJson } from "../../project/store.ts"
import { onUpkeep } from "../state/store.ts"
import { bytesOf, ofPipeline } from "./pipeline.ts"

/** Results of one stage. `bytes` counts an object once, also when several results share it. Instants are epoch milliseconds. */
export interface StageShare {
  readonly stage: string
  readonly entries: number
  readonly bytes: number
  readonly usedAt: number
  readonly oldest: number
}
/** The largest first. */
export const sharesOf = (entries: ReadonlyArray<CacheEntry>): ReadonlyArray<StageShare> =>
  [...Map.groupBy(entries, ({ stage }) => stage)]
    .map(([stage, own]) => ({
      stage,
      entries: own.length,
      bytes: bytesOf(own),
      usedAt: own.reduce((last, { usedAt }) => Math.max(last, usedAt), 0),
      oldest: own.reduce((first, { madeAt }) => Math.min(first, madeAt), Infinity)
    }))
    .toSorted((a, b) => b.bytes - a.bytes || b.entries - a.entries || (a.stage < b.stage ? -1 : 1))

const linesOf = (entries: ReadonlyArray<CacheEntry>, look: Look, now: number): ReadonlyArray<string> => [
  ...tableLines(
    sharesOf(entries),
    [
      { title: "stage", of: (s) => s.stage, gives: true },
      { title: "results", of: (s) => count(s.entries), right: true },
      { title: "size", of: (s) => bytes(s.bytes), right: true },
      { title: "last used", of: (s) => ago(s.usedAt, now) },
      { title: "oldest", of: (s) => ago(s.oldest, now) }
    ],
    look
  ),
  "",
  `${many(entries.length, "result")}, ${bytes(bytesOf(entries))}`
]

export const handle = async (call: Call): Promise<ExitCode> => {
  const entries = await onUpkeep(call, true, ({ ground }) =>
    Effect.flatMap(cacheEntries(ground), (all) => ofPipeline(all, text(call, "pipeline")))
  )
  if (flag(call, "json")) printJson({ bytes: bytesOf(entries), entries: entries.length, stages: sharesOf(entries) })
  else if (entries.length === 0) process.stderr.write("nothing is cached\n")
  else print(linesOf(entries, lookOf(process.stdout, process.env), Date.now()))
  return exitCodes.completed
}

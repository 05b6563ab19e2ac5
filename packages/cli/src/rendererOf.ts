/** Which renderer shows a run. */
import process from "node:process"
import type { OwnStreams } from "./guard.ts"
import { jsonRenderer } from "./output/JsonRenderer.ts"
import { isLive, lookOf } from "./output/plain/look.ts"
import { plainRenderer } from "./output/plain/PlainRenderer.ts"
import type { Renderer } from "./output/Renderer.ts"
import type { Past } from "./past.ts"
import type { Session } from "./session.ts"

/** Cancels, or does what Ctrl-C does, whatever the run that goes on. */
export interface Control {
  readonly cancel: () => void
  readonly interrupt: () => void
}
type Reader = typeof import("./output/reader/ReaderRenderer.ts")
/** Loaded by those who need it alone. */
export const readerOf = async ({ board, output, reader }: Session): Promise<Reader | undefined> =>
  board === undefined && output === "plain" && reader === true ? await import("./output/reader/ReaderRenderer.ts") : undefined

export const rendererOf = (
  session: Session,
  past: Past,
  { out, err }: OwnStreams,
  control: Control,
  reader: Reader | undefined
): Renderer => {
  if (session.board !== undefined) return session.board.follow(past.history)
  if (session.output === "json") return jsonRenderer(out, err)
  if (reader !== undefined) {
    return reader.readerRenderer({ ...control, write: (text) => err.write(text), keyboard: process.stdin })
  }
  return plainRenderer(err, {
    look: () => lookOf(process.stderr, process.env),
    live: isLive(process.stderr, process.env),
    detail: session.detail,
    history: past.history,
    earlier: past.earlier
  })
}

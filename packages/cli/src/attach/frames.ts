/** Server-sent events back into frames, whatever the pieces that they come in. */
import { StringDecoder } from "node:string_decoder"
import type { Frame } from "@tetra/tui/model"

/** Longest message that is waited for, in characters: a plan of thousands of stages is one. */
const longest = 64 * 1024 * 1024

export class FrameReader {
  private readonly decoder = new StringDecoder("utf8")
  private rest = ""

  /** Frames that are whole by now. Throws a `SyntaxError` for what is no stream of frames. */
  read(chunk: Buffer): ReadonlyArray<Frame> {
    const messages = (this.rest + this.decoder.write(chunk)).split("\n\n")
    this.rest = messages.pop() ?? ""
    if (this.rest.length > longest) throw new SyntaxError("a message without an end")
    return messages.flatMap((message) => {
      const data = message.split("\n").flatMap((line) => (line.startsWith("data: ") ? [line.slice(6)] : []))
      return data.length === 0 ? [] : [JSON.parse(data.join("\n")) as Frame]
    })
  }
}

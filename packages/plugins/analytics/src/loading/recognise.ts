import { extname } from "node:path"
import type { Source } from "../types.ts"
import type { FileFacts } from "./inspectFile.ts"
import { LoadFailed } from "./LoadFailed.ts"

type Encoding = Pick<Source, "encoding" | "mark">
export type Format = Source["format"]

/** Byte order mark, else strict UTF-8, else UTF-16 by the pattern of NUL bytes, else windows-1252. */
export const encodingOf = ({ head, validUtf8 }: Pick<FileFacts, "head" | "validUtf8">): Encoding => {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: validUtf8 ? "utf-8" : "windows-1252", mark: 3 }
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: "utf-16le", mark: 2 }
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: "utf-16be", mark: 2 }
  const pairs = Math.max(1, Math.floor(Math.min(head.length, 4096) / 2))
  let even = 0
  let odd = 0
  for (let i = 0; i < pairs * 2; i += 2) {
    if (head[i] === 0) even++
    if (head[i + 1] === 0) odd++
  }
  // Text of any script has ASCII digits, blanks and separators, so one half of the pairs is mostly 0.
  if (odd / pairs > 0.4 && even / pairs < 0.05) return { encoding: "utf-16le", mark: 0 }
  if (even / pairs > 0.4 && odd / pairs < 0.05) return { encoding: "utf-16be", mark: 0 }
  return { encoding: validUtf8 ? "utf-8" : "windows-1252", mark: 0 }
}

export const decodeHead = (head: Buffer, { encoding, mark }: Encoding): string =>
  new TextDecoder(encoding).decode(head.subarray(mark, mark + Math.floor((head.length - mark) / 2) * 2), { stream: true })

/** LF, CRLF, CR, or mixed, as seen in the head of the text. */
export const lineEndsOf = (head: string): Source["lineEnds"] => {
  const crlf = head.split("\r\n").length - 1
  const cr = head.split("\r").length - 1 - crlf - (head.endsWith("\r") ? 1 : 0)
  const lf = head.split("\n").length - 1 - crlf
  const kinds = [crlf, cr, lf].filter((n) => n > 0).length
  return kinds > 1 ? "mixed" : crlf > 0 ? "crlf" : cr > 0 ? "cr" : "lf"
}

interface Magic {
  readonly bytes: ReadonlyArray<number>
  readonly what: string
  readonly hint: string
}
const foreign: ReadonlyArray<Magic> = [
  {
    bytes: [0x50, 0x4b, 0x03, 0x04],
    what: "a ZIP archive or an Excel workbook",
    hint: "Save the sheet as CSV, or unpack the archive, and analyse that file."
  },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], what: "an old Office document", hint: "Save the sheet as CSV and analyse that file." },
  { bytes: [0x1f, 0x8b], what: "compressed with gzip", hint: "Unpack it first: gunzip FILE." },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], what: "compressed with zstd", hint: "Unpack it first: unzstd FILE." },
  { bytes: [0x25, 0x50, 0x44, 0x46], what: "a PDF", hint: "Export the table behind it as CSV." }
]

const jsonKind = (text: string, extension: string): Format | undefined => {
  const start = text.trimStart()
  if (extension === ".ndjson" || extension === ".jsonl") return "ndjson"
  if (!start.startsWith("{") && !start.startsWith("["))
    return extension === ".json" || extension === ".geojson" ? "json" : undefined
  const [first = "", second = ""] = start.split("\n", 20).filter((line) => line.trim() !== "")
  if (start.startsWith("{") && second.trimStart().startsWith("{")) {
    try {
      JSON.parse(first)
      return "ndjson"
    } catch {
      return "json"
    }
  }
  // "[x" may also begin a CSV; a JSON array goes on with a value.
  return start.startsWith("{") || /^\[\s*([{["\-\d\]]|true|false|null)/.test(start) || extension === ".json" ? "json" : undefined
}

/** What the file is. Its first bytes beat its name; `asked` beats both, except that a foreign container stays refused. */
export const formatOf = (path: string, facts: FileFacts, asked: Format | "auto"): Format => {
  const { head } = facts
  const magic = foreign.find(({ bytes }) => bytes.every((byte, i) => head[i] === byte))
  if (magic !== undefined) {
    throw new LoadFailed({
      code: "LOAD_UNKNOWN_FORMAT",
      file: path,
      byte: 0,
      detail: `The file is ${magic.what}, which is not read yet.`,
      hint: magic.hint
    })
  }
  if (asked !== "auto") return asked
  const extension = extname(path).toLowerCase()
  if (head.subarray(0, 4).toString("latin1") === "PAR1" || extension === ".parquet") return "parquet"
  const encoding = encodingOf(facts)
  const text = decodeHead(head, encoding)
  const controls = (text.slice(0, 4096).match(/\p{Cc}/gu) ?? []).filter((c) => !"\t\n\r\f".includes(c)).length
  if (controls > 0.1 * Math.min(4096, text.length)) {
    throw new LoadFailed({
      code: "LOAD_UNKNOWN_FORMAT",
      file: path,
      byte: 0,
      detail: "The file holds binary data of no known kind.",
      hint: "CSV, TSV, JSON, NDJSON and Parquet are read; name one with format if this is one of them."
    })
  }
  return jsonKind(text, extension) ?? "csv"
}

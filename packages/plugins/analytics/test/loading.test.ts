import { describe, expect, it } from "vitest"
import { sniffDialect } from "../src/loading/sniffDialect.ts"
import { load } from "./support/load.ts"

const utf16 = (text: string, mark: boolean) => Buffer.from(`${mark ? "\u{feff}" : ""}${text}`, "utf16le")

describe("reading delimited text", () => {
  it.each([
    ["a comma inside quotes", 'first,city\nJohn,"Anytown, WW"\nAnn,Here\n', "city", ["Anytown, WW", "Here"]],
    ["a line break inside quotes", 'a,b\n1,"one\ntwo"\n2,x\n', "b", ["one\ntwo", "x"]],
    ["CRLF line ends with a line break inside quotes", 'a,b\r\n1,"one\r\ntwo"\r\n2,x\r\n', "b", ["one\r\ntwo", "x"]],
    ["doubled quotes", 'a,b\n1,"ha ""ha"" ha"\n2,x\n', "b", ['ha "ha" ha', "x"]],
    ["backslash quotes", 'a,b\n1,"say \\"yes\\""\n2,"x"\n', "b", ['say "yes"', "x"]],
    [
      "JSON in a cell",
      'key,val\n1,"{""type"": ""Point""}"\n2,"{""type"": ""Line""}"\n',
      "val",
      ['{"type": "Point"}', '{"type": "Line"}']
    ],
    ["empty quoted cells", 'a,b,c\nx,"",""\ny,z,w\n', "b", [null, "z"]],
    ["no line end at the end", "a,b\nx,1\ny,2", "a", ["x", "y"]],
    ["CR-only line ends", "a,b\rx,1\ry,2\r", "a", ["x", "y"]],
    ["mixed line ends", "a,b\r\nx,1\ny,2\r\nz,3\n", "a", ["x", "y", "z"]],
    ["TAB", "a\tb\nx\t1\ny\t2\n", "a", ["x", "y"]],
    ["pipes", "a|b\nx, or y|1\nz|2\n", "a", ["x, or y", "z"]],
    ["semicolons beside decimal commas", "name;price\nx;1,5\ny;1.234,25\n", "price", [1.5, 1234.25]],
    ["lines before the header", "Report of May\nmade by hand\nday,n\nmon,1\ntue,2\n", "n", [1, 2]],
    ["comment lines", "a,b\nx,1\n# later\ny,2\n", "a", ["x", "y"]],
    ["characters beyond ASCII", "a,b\nʤ,1\n日本,2\n", "a", ["ʤ", "日本"]]
  ])("understands %s", async (_, content, column, expected) => {
    const { cells } = await load(content)
    expect(cells(column)).toEqual(expected)
  })

  it.each([
    ["UTF-8 with a mark", Buffer.from("\u{feff}naïve,b\né,1\n"), "utf-8"],
    ["UTF-16 with a mark", utf16("naïve,b\né,1\n", true), "utf-16le"],
    ["UTF-16 without a mark", utf16("naïve,b\né,1\n", false), "utf-16le"],
    ["windows-1252", Buffer.from("naïve,b\né,1\n", "latin1"), "windows-1252"]
  ])("decodes %s", async (_, content, encoding) => {
    const { cells, source } = await load(content)
    expect(source.encoding).toBe(encoding)
    expect(cells("naïve")).toEqual(["é"])
  })

  it("makes names where there is no header, and keeps the first record", async () => {
    const { cells, schema } = await load("the phone is good\t1\nit broke, sadly\t0\n", "made.tsv")
    expect(schema.reading.header).toBe(false)
    expect(cells("column_1")).toEqual(["the phone is good", "it broke, sadly"])
  })

  it("keeps prose in one column, whatever its commas", () => {
    const dialect = sniffDialect("One line, with a comma.\nAnother.\nAnd, well, a third.\n", { complete: true })
    expect(dialect.width).toBe(1)
  })

  it("gives blank, repeated and reserved headers names of their own", async () => {
    const { schema } = await load("x,,X,_row\n1,2,3,4\n")
    expect(schema.columns.map((c) => c.name)).toEqual(["x", "column_2", "X_2", "_row_2"])
    expect(schema.reading.renamed).toContainEqual({ from: "X", to: "X_2" })
  })

  it("fills short records up and leaves long ones out, and counts both", async () => {
    const { cells, schema } = await load("a,b\n1\n2,x\n3,y,z\n4,w\n")
    expect(cells("a")).toEqual([1, 2, 4])
    expect(cells("b")).toEqual([null, "x", "w"])
    expect(schema.reading).toMatchObject({ padded: 1, rejected: 1, rejects: [{ line: 4, error: "too many columns" }] })
  })
})

describe("reading JSON", () => {
  it("finds the largest array of objects, flattens objects and keeps arrays as text", async () => {
    const document = {
      meta: { tags: [{ t: 1 }] },
      items: [
        { id: { v: "a" }, at: [1, 2] },
        { id: { v: "b" }, extra: true }
      ]
    }
    const { cells, schema } = await load(JSON.stringify(document), "made.json")
    expect(schema.reading.path).toBe("$.items")
    expect(cells("id.v")).toEqual(["a", "b"])
    expect(cells("at")).toEqual(["[1,2]", null])
    expect(cells("extra")).toEqual([null, 1])
  })
  it("reads one record a line, also without the extension", async () => {
    const { cells, source } = await load('{"a":"x"}\n\n{"a":"y"}\n', "made.txt")
    expect(source.format).toBe("ndjson")
    expect(cells("a")).toEqual(["x", "y"])
  })
})

describe("files that cannot be read", () => {
  it.each([
    ["an empty file", "", "made.csv", /LOAD_EMPTY_FILE.*0 bytes/],
    ["blanks only", "  \n \n", "made.csv", /LOAD_EMPTY_FILE/],
    [
      "a quote that is never closed",
      'a,b\n1,x\n2,"open\n3,y\n4,z\n',
      "made.csv",
      /LOAD_UNCLOSED_QUOTE: made\.csv \(line 3, column 3\).*Close the quote/
    ],
    ["broken JSON", '{"a": [1,\n 2,, 3]}', "made.json", /LOAD_BAD_JSON: made\.json \(line 2, column 4\)/],
    [
      "a broken line of NDJSON",
      '{"a":1}\n{"a":}\n',
      "made.ndjson",
      /LOAD_BAD_JSON: made\.ndjson \(line 2, column 6\).*"}" is not expected/
    ],
    ["JSON without records", "[1, 2, 3]", "made.json", /LOAD_BAD_JSON.*no array of objects/],
    ["half a Parquet file", "PAR1 and nothing more", "made.parquet", /LOAD_BAD_PARQUET/],
    ["an Excel workbook", Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0, 0]), "made.xlsx", /LOAD_UNKNOWN_FORMAT.*Save the sheet as CSV/],
    [
      "binary data",
      Buffer.from(Array.from({ length: 999 }, (_, i) => (i * 7) % 32)),
      "made.bin",
      /LOAD_UNKNOWN_FORMAT.*CSV, TSV, JSON, NDJSON and Parquet/
    ]
  ])("names the place and the remedy for %s", async (_, content, name, expected) => {
    const { error } = await load(content, name)
    expect(error).toMatch(expected)
  })
  it("suggests the column that was meant", async () => {
    const { error } = await load("survived,age\n1,2\n0,3\n", "made.csv", { target: "survivd" })
    expect(error).toMatch(/target_column names "survivd".*Did you mean "survived"\?/)
  })
})

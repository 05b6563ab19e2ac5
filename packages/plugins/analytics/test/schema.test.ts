import type { DateOrder } from "../src/schema/dateFormats.ts"
import { describe, expect, it } from "vitest"
import { load } from "./support/load.ts"

const day = (iso: string) => Date.parse(iso) / 86_400_000
/** A CSV of one quoted column beside a row number that no rule takes for it. */
const column = (name: string, cells: ReadonlyArray<string>) =>
  `${name},w\n${cells.map((c, i) => `"${c}",${(i * 37) % 11}`).join("\n")}\n`

describe("type inference", () => {
  it.each([
    ["b", ["yes", "No", "YES"], "boolean", [1, 0, 1]],
    ["b", ["1", "0", "1"], "boolean", [1, 0, 1]],
    ["n", ["1", "2", "-30"], "integer", [1, 2, -30]],
    ["n", ["1,000", "2", "12,345,678"], "integer", [1000, 2, 12_345_678]],
    ["n", ["1.5", "2", "1e-3", "inf"], "decimal", [1.5, 2, 0.001, null]],
    ["n", ["1", "NA", "n/a", "2", "-"], "integer", [1, null, null, 2, null]],
    ["p", ["12.5%", "7 %"], "percent", [0.125, 0.07]],
    ["p", ["$1,200.50", "($3)", "-$4"], "currency", [1200.5, -3, -4]],
    ["zip", ["08123", "90210"], "id", ["08123", "90210"]],
    ["d", ["2024-02-29", "2023-12-31"], "date", [day("2024-02-29"), day("2023-12-31")]],
    ["d", ["31/01/2024", "02/03/2024"], "date", [day("2024-01-31"), day("2024-03-02")]],
    ["d", ["01/31/2024", "02/03/2024"], "date", [day("2024-01-31"), day("2024-02-03")]],
    ["d", ["Jun 12 1998", "Aug 07 1998"], "date", [day("1998-06-12"), day("1998-08-07")]],
    ["t", ["2024-01-01T10:00:00+0200", "2024-01-01T09:30:00Z"], "datetime", [1_704_096_000, 1_704_101_400]],
    ["created", ["1517966773840", "1517966996303"], "datetime", [1_517_966_773.84, 1_517_966_996.303]],
    ["t", ["10:30", "23:59:30"], "time", [37_800, 86_370]],
    ["t", ["100:00:00", "00:30:00"], "duration", [360_000, 1800]],
    ["lat", ["52.5", "-33.9"], "latitude", [52.5, -33.9]],
    ["m", ["a.b@example.org", "c@example.com"], "email", ["a.b@example.org", "c@example.com"]],
    ["u", ["https://example.org/a?b=1", "http://example.com"], "url", ["https://example.org/a?b=1", "http://example.com"]],
    ["size", ["small", "large", "medium"], "ordinal", ["small", "large", "medium"]],
    ["k", ["x", "x", "x"], "constant", ["x", "x", "x"]]
  ])("reads %s of %j as %s", async (name, cells, semantic, values) => {
    const loaded = await load(column(name, cells))
    expect(loaded.column(name).semantic).toBe(semantic)
    const near = (cell: unknown) => (typeof cell === "number" ? Number(cell.toFixed(6)) : cell)
    expect(loaded.cells(name).map(near)).toEqual(values.map(near))
  })

  it("makes the few cells that do not fit missing and counts them with samples", async () => {
    const cells = Array.from({ length: 400 }, (_, i) => (i === 17 ? "twelve" : String(i * 1.5)))
    const loaded = await load(column("n", cells))
    expect(loaded.column("n")).toMatchObject({ semantic: "decimal", evidence: { nonConforming: 1, samples: ["twelve"] } })
    expect(loaded.cells("n")[17]).toBeNull()
  })
  it("keeps numbers beyond the exact range of a double as text", async () => {
    const loaded = await load(column("n", ["9007199254740993", "9007199254740995"]))
    expect(loaded.cells("n")).toEqual(["9007199254740993", "9007199254740995"])
  })
  it("reads month first where no cell tells, and says in how many that makes another date", async () => {
    const loaded = await load(column("d", ["01/02/2024", "03/04/2024", "05/05/2024"]))
    expect(loaded.column("d")).toMatchObject({ format: "%m/%d/%Y", evidence: { ambiguousDayMonth: true, ambiguousCells: 2 } })
    expect(loaded.cells("d")[0]).toBe(Date.UTC(2024, 0, 2) / 86_400_000)
    expect((await load(column("d", ["05/05/2024", "06/06/2024"]))).column("d").evidence.ambiguousDayMonth).toBe(false)
  })
  it("takes the order that it is told where no cell tells; a part above 12 goes before it", async () => {
    const first = async (cells: ReadonlyArray<string>, order: DateOrder) => {
      const loaded = await load(column("d", cells), "made.csv", { order })
      return [loaded.column("d").format, loaded.column("d").evidence.ambiguousDayMonth, loaded.cells("d")[0]]
    }
    const open = ["01/02/2024", "03/04/2024"]
    expect(await first(open, "day_first")).toEqual(["%d/%m/%Y", false, Date.UTC(2024, 1, 1) / 86_400_000])
    expect(await first(open, "month_first")).toEqual(["%m/%d/%Y", false, Date.UTC(2024, 0, 2) / 86_400_000])
    expect((await first(["01/02/2024", "03/25/2024"], "day_first"))[0]).toBe("%m/%d/%Y")
  })
  it("takes a question mark for a missing word, not for a word", async () => {
    const loaded = await load(column("work", ["Private", "?", "State-gov", "Private"]))
    expect(loaded.cells("work")).toEqual(["Private", null, "State-gov", "Private"])
  })
})

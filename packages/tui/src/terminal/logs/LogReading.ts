/** Brings what the log file has on the screen: older lines as somebody scrolls, a search through all of it, and all filtered lines for others. */
import type { LogLine } from "@tetra/core/engine"
import { open } from "node:fs/promises"
import { resolve } from "node:path"
import { type Book, type FileSearch, isSameSearch, withNewer, withOlder } from "../../model/logs/Book.ts"
import { type CompiledFilter, compileFilter, placeOf } from "../../model/LogFilter.ts"
import { itemsOf } from "../../model/Ring.ts"
import type { LogsUi } from "../../model/Ui.ts"
import { plainLine } from "../../paint/views/logs.ts"
import type { Store } from "../Store.ts"
import { bookAround, everyShown, findLine, newerLines, olderLines } from "./LogFile.ts"

/** Shown lines that are read at a time. */
const page = 500
/** Most hits of a search whose places are kept; the rest are counted. */
const mostHits = 200_000
/** Least time between two notes of how far a search is, in milliseconds. */
const noteEveryMs = 150

export class LogReading {
  private readonly store: Store
  /** Only the newest wish counts: a book or a search that comes too late is thrown away. */
  private wish = 0
  private searching = 0
  private isReading = false

  constructor(store: Store) {
    this.store = store
  }
  private compiled(): CompiledFilter {
    const { ui, world } = this.store
    const { link, run } = world
    const now = link._tag === "Replay" ? run.at : Date.now()
    return compileFilter(ui.logs.filter, { now, startedAt: run.startedAt, attempts: world.attempts })
  }
  private failed(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error)
    this.store.say(`the log file cannot be read: ${why}`, "bad")
  }
  /** Shows the file around `at`, with the cursor there. */
  async show(at: number | "cursor"): Promise<void> {
    const { logPath } = this.store.world
    if (logPath === undefined) return
    const wish = ++this.wish
    try {
      const { filter } = this.store.ui.logs
      const from = at === "cursor" ? await this.cursorInFile(logPath) : at
      const book = await bookAround(logPath, from, { filter, compiled: this.compiled() }, page)
      if (wish === this.wish) this.use(book, from)
    } catch (error) {
      this.failed(error)
    }
  }
  /** The byte of the line under the cursor, also when that line is in memory. */
  private async cursorInFile(path: string): Promise<number | "end"> {
    const { ui, world } = this.store
    if (ui.logs.file) return ui.logs.cursor ?? "end"
    const line = world.logs.at(Math.max(ui.logs.cursor ?? world.logs.first, world.logs.first))
    return line === undefined ? "end" : await findLine(path, line)
  }
  private use(book: Book, at: number | "end"): void {
    const { world, ui } = this.store
    const places = book.lines.map(({ place }) => place)
    const cursor = at === "end" ? places.at(-1) : (places[placeOf(places, at)] ?? places.at(-1))
    const above = placeOf(places, cursor ?? 0) - Math.floor(this.store.size.height / 3)
    const logs: Partial<LogsUi> = {
      file: true,
      cursor: cursor ?? 0,
      top: places[Math.max(0, above)] ?? 0,
      left: ui.logs.cursor === undefined ? world.logs.end : ui.logs.left,
      // Places in the file are not places in memory.
      ...(ui.logs.file ? {} : { open: new Set<number>(), anchor: undefined })
    }
    this.store.ui = { ...ui, logs: { ...ui.logs, ...logs } }
    this.store.setWorld({ ...world, book, search: this.keptSearch() }, "input")
  }
  private keptSearch(): FileSearch | undefined {
    const { search } = this.store.world
    return search !== undefined && isSameSearch(search.filter, this.store.ui.logs.filter) ? search : undefined
  }
  async older(): Promise<void> {
    await this.more(async (path, book) => {
      const { from, lines } = await olderLines(path, book.from, this.compiled(), page)
      return withOlder(book, lines, from)
    })
  }
  async newer(): Promise<void> {
    await this.more(async (path, book) => {
      const { lines, size, to } = await newerLines(path, book.to, this.compiled(), page)
      return withNewer(book, lines, to, size)
    })
  }
  private async more(read: (path: string, book: Book) => Promise<Book>): Promise<void> {
    const { book, logPath } = this.store.world
    if (book === undefined || logPath === undefined || this.isReading) return
    this.isReading = true
    try {
      const next = await read(logPath, book)
      if (this.store.world.book === book) this.store.setWorld({ ...this.store.world, book: next }, "input")
    } catch (error) {
      this.failed(error)
    } finally {
      this.isReading = false
    }
  }
  /** Counts and places every hit in the file. Memory has the newest lines only, so a short log needs no such search. */
  async search(): Promise<void> {
    const { logPath, logs } = this.store.world
    const { file, filter } = this.store.ui.logs
    const turn = ++this.searching
    const compiled = this.compiled()
    if (logPath === undefined || (logs.first === 0 && !file) || !compiled.isSearch) return
    const places: Array<number> = []
    let found = 0
    let noted = performance.now()
    const note = (share: number, done: boolean): void => {
      const search = { filter, places: places.slice(), count: found, share, done, problem: compiled.problem() }
      this.store.setWorld({ ...this.store.world, search })
    }
    try {
      for await (const lot of everyShown(logPath, compiled)) {
        if (turn !== this.searching || !isSameSearch(filter, this.store.ui.logs.filter)) return
        found += lot.found.length
        for (const place of lot.found) if (places.length < mostHits) places.push(place)
        if (performance.now() - noted < noteEveryMs) continue
        noted = performance.now()
        note(lot.share, false)
      }
      note(1, true)
    } catch (error) {
      this.failed(error)
    }
  }
  /** Every line that passes the filter, as text: of the whole file, or of memory when there is no file or it has no more. */
  async *text(asJson = false): AsyncGenerator<string> {
    const compiled = this.compiled()
    const { logPath, logs } = this.store.world
    const written = (line: LogLine): string => (asJson ? JSON.stringify(line) : plainLine(line))
    if (logPath !== undefined && (logs.first > 0 || this.store.ui.logs.file)) {
      for await (const { lines } of everyShown(logPath, compiled))
        if (lines.length > 0) yield `${lines.map(({ line }) => written(line)).join("\n")}\n`
      return
    }
    const lines = [...itemsOf(logs)].map(([, line]) => line)
    const judged = compiled.judge(lines)
    const shown = lines.filter((_, i) => judged[i]?.shown === true)
    if (shown.length > 0) yield `${shown.map(written).join("\n")}\n`
  }
  /** Saves the filtered lines; as JSON lines when the name ends in `.jsonl`. Never writes over a file. */
  async save(path: string): Promise<void> {
    const file = resolve(path)
    try {
      const handle = await open(file, "wx", 0o600)
      let lines = 0
      try {
        for await (const text of this.text(file.endsWith(".jsonl"))) {
          await handle.writeFile(text)
          lines += text.split("\n").length - 1
        }
      } finally {
        await handle.close()
      }
      this.store.say(`saved ${lines} lines in ${file}`, "good")
    } catch (error) {
      const exists = error instanceof Error && "code" in error && error.code === "EEXIST"
      const why = exists
        ? "there is such a file already: choose another name"
        : error instanceof Error
          ? error.message
          : String(error)
      this.store.say(`not saved in ${file}: ${why}`, "bad")
    }
  }
}

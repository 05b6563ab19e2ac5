/** Reads an exported file line by line, and checks that it is whole. What it says of the runs is kept aside, on disk. */
import { Effect } from "effect"
import { StoreError } from "../../execution/ports/Journal.ts"
import { eachPage, rowsPerPage } from "../Ground.ts"
import type { Row } from "../rows.ts"
import type { Scratch } from "../sqlite/scratch.ts"
import { toRunRecord } from "./log.ts"
import { checkHeader, damaged, entryIn, type Line, lineIn, runIn } from "./stateFormat.ts"
import type { Entry, Log, RunRecord } from "./StateTables.ts"

/** A file of any size as text, some at a time. `name` is how it is called in messages. */
export interface ExportedFile {
  readonly name: string
  readonly chunks: AsyncIterable<string>
}
/** The lines of a file. Not `readline`: it takes other characters for an end of line, too, that may be inside of a text. */
const linesIn = async function* ({ chunks, name }: ExportedFile): AsyncGenerator<Line> {
  let rest = ""
  let n = 0
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split("\n")
    rest = lines.pop() ?? ""
    for (const line of lines) yield lineIn(`${name}:${++n}`, line)
  }
  if (rest !== "") yield lineIn(`${name}:${++n}`, rest)
}

/** Every run's events are there, in order and from the first. Of an archived run only some are left. Answers the row with who asked. */
const checkedEvent = ({ state }: Scratch, where: string, row: Row): Row => {
  const [run, seq, kind] = [String(row["run_id"]), Number(row["run_seq"]), row["kind"]]
  const known = state.first("select next, archived, owner from orchestration.record where id = ?", run)
  if (known === undefined) throw damaged(where, `event ${seq} belongs to run ${run}, which is not in the file`)
  const next = Number(known["next"])
  const isArchived = known["archived"] === 1 || (seq === 1 && kind === "RunArchived")
  if (isArchived ? seq < next : seq !== next) throw damaged(where, `run ${run}: event ${seq} comes where ${next} should be`)
  if (seq === 1 && kind !== "RunRequested" && kind !== "RunArchived")
    throw damaged(where, `run ${run} does not begin with RunRequested`)
  state.run("update orchestration.record set next = ?, archived = ? where id = ?", seq + 1, isArchived ? 1 : 0, run)
  return seq === 1 ? { ...row, owner: known["owner"] ?? null } : row
}
const checkWhole = ({ state }: Scratch, name: string): void => {
  const cut = state.first(
    "select id, seq, next from orchestration.record where archived = 0 and next <> seq + 1 order by id limit 1"
  )
  if (cut !== undefined) throw damaged(name, `run ${cut["id"]} has ${Number(cut["next"]) - 1} events of ${cut["seq"]}`)
}
const keep = ({ state }: Scratch, { where }: Line, { commandId, epoch, id, owner, seq }: RunRecord): void => {
  const sql = "insert or ignore into orchestration.record (id, seq, epoch, command_id, owner) values (?, ?, ?, ?, ?)"
  if (state.run(sql, id, seq, epoch, commandId, JSON.stringify(owner)) === 0) throw damaged(where, `run ${id} is there twice`)
}

/** Opens an exported file: its runs are read, its entries are read by whoever visits them, once. */
export const logIn = (file: ExportedFile, scratch: Scratch): Effect.Effect<Log, StoreError> => {
  const lines = linesIn(file)
  const unreadable = (cause: unknown) =>
    cause instanceof StoreError
      ? cause
      : damaged(file.name, `it cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`)
  const step = <A>(work: () => Promise<A>) => Effect.tryPromise({ try: work, catch: unreadable })
  const nextLine = async (): Promise<Line | undefined> => {
    const next = await lines.next()
    return next.done === true ? undefined : next.value
  }
  let runs = 0
  let first: Line | undefined
  let entries = 0
  let isEnded = false
  const readHead = async (): Promise<void> => {
    checkHeader(file.name, await nextLine())
    for (;;) {
      first = await nextLine()
      const run = first === undefined ? undefined : runIn(first)
      if (first === undefined || run === undefined) return
      keep(scratch, first, run)
      runs += 1
    }
  }
  const take = (line: Line): Entry | undefined => {
    const said = entryIn(line)
    if (isEnded) throw damaged(line.where, "there is more after the end")
    if (said.is !== "end") {
      entries += 1
      return said.is === "event" ? { is: "event", row: checkedEvent(scratch, line.where, said.row) } : said
    }
    if (said.runs !== runs || said.entries !== entries) throw damaged(line.where, "lines are missing before the end of the file")
    isEnded = true
    return undefined
  }
  const readPage = async (): Promise<ReadonlyArray<Entry>> => {
    const page: Array<Entry> = []
    for (; first !== undefined && page.length < rowsPerPage; first = await nextLine()) {
      const entry = take(first)
      if (entry !== undefined) page.push(entry)
    }
    return page
  }
  const log: Log = {
    length: undefined,
    entries: (visit) =>
      Effect.gen(function* () {
        for (;;) {
          const page = yield* step(readPage)
          if (page.length === 0) break
          yield* visit(page)
        }
        if (!isEnded) yield* damaged(file.name, "the end of the file is missing")
        yield* step(async () => checkWhole(scratch, file.name))
      }),
    runs: (visit) =>
      eachPage(
        (last) =>
          scratch.ground.ask(
            `select id, seq, epoch, command_id, owner from orchestration.record where id > ? order by id limit ${rowsPerPage}`,
            String(last?.["id"] ?? "")
          ),
        (rows) => visit(rows.map(toRunRecord))
      )
  }
  return Effect.as(step(readHead), log)
}

/** Whether the events of every run are those that were written, and can have happened in this order. */
import { Effect } from "effect"
import { evolve } from "../../domain/evolve.ts"
import { initialState, type RunState } from "../../domain/RunState.ts"
import type { StoredEvent } from "../../domain/RunEvent.ts"
import type { StoreError } from "../../execution/ports/Journal.ts"
import { digestOf, writtenIn } from "../eventDigest.ts"
import { eachPage, type Ground, rowsPerPage } from "../Ground.ts"
import { isTold, type Row, toStored } from "../rows.ts"
import type { Tell } from "./StateTables.ts"

/** Something in the log itself that cannot be. No repair can mend it. */
export interface LogFault {
  readonly run: string
  /** The event that cannot follow those before it. */
  readonly seq: number
  readonly because: string
}
/** What one run has come to, and what is wrong with it: the first thing only, as the others follow from it. */
class RunFold {
  readonly run: string
  readonly #length: number
  readonly #epoch: number
  #before: StoredEvent | undefined
  #state: RunState | undefined
  #next = 1
  #isArchived = false
  /** Of the event before; empty where it has none. */
  #digest = ""
  fault: LogFault | undefined
  /** Some events have no digest: they are from before there were any, or stand for others. */
  isUncovered = false
  /** `length` is how many events the run has according to its row, `epoch` the highest under which any was written. */
  constructor(run: string, { epoch, length }: { readonly epoch: number; readonly length: number }) {
    this.run = run
    this.#length = length
    this.#epoch = epoch
  }
  #faulty(seq: number, because: string): void {
    this.fault = { run: this.run, seq, because }
  }
  /** Takes the next row of the log of this run. */
  add(row: Row): void {
    if (this.fault !== undefined) return
    const seq = Number(row["run_seq"])
    if (seq !== this.#next) return this.#faulty(seq, `event ${this.#next} is missing`)
    this.#next += 1
    const changed = this.#changeOf(row)
    if (changed !== undefined) return this.#faulty(seq, changed)
    const epoch = Number(row["epoch"])
    if (epoch > this.#epoch)
      return this.#faulty(seq, `it was written under epoch ${epoch}, the run has come to ${this.#epoch} only`)
    try {
      this.#fold(toStored(row))
    } catch (cause) {
      this.#faulty(seq, cause instanceof Error ? cause.message : String(cause))
    }
  }
  /** What shows that the row is not what was written. */
  #changeOf(row: Row): string | undefined {
    const before = this.#digest
    const digest = row["digest"] ?? null
    if (digest === null) {
      this.isUncovered = true
      return before === "" ? undefined : "its digest is gone: it was changed after it was written, or put there"
    }
    this.#digest = String(digest)
    const isWritten = digest === digestOf(before, writtenIn(row))
    return isWritten ? undefined : "it is not what was written: its digest does not fit it and the event before it"
  }
  #fold(event: StoredEvent): void {
    if (event._tag === "RunArchived") this.#isArchived = true
    else if (event.seq === 1 && event._tag !== "RunRequested")
      this.#faulty(1, `a run begins with RunRequested, not ${event._tag}`)
    else if (event.seq === 1) this.#before = event
    else if (event.seq === 2 && event._tag === "PlanFixed" && this.#before !== undefined)
      this.#state = evolve(evolve(initialState(event.plan), this.#before), event)
    // Without a plan there is nothing that an event could contradict: only its place is checked.
    else if (this.#state !== undefined) evolve(this.#state, event)
  }
  /** No more rows. */
  end(): void {
    if (this.fault === undefined && !this.#isArchived && this.#next !== this.#length + 1)
      this.#faulty(this.#next, `the log of this run ends at event ${this.#next - 1} of ${this.#length}`)
  }
}
/**
 * Folds one run after the other and visits what is wrong, one fault of each run. Only one run is in memory at a time. Answers how many runs have
 * events without a digest, so that nobody can tell whether they are what was written.
 */
export const eachLogFault = (
  ground: Ground,
  { of, tell }: { readonly of: number; readonly tell: Tell },
  visit: (fault: LogFault) => void
): Effect.Effect<number, StoreError> =>
  Effect.gen(function* () {
    let run: RunFold | undefined
    let [done, uncovered] = [0, 0]
    const end = () => {
      run?.end()
      if (run?.isUncovered === true) uncovered += 1
      if (run?.fault !== undefined) visit(run.fault)
    }
    const columns = `run_id, run_seq, kind, v, epoch, ${ground.text("payload")} as payload, ${ground.millis("at")} as at, digest,
  (select seq from orchestration.run where run.id = event.run_id) as length,
  (select epoch from orchestration.run where run.id = event.run_id) as run_epoch`
    const page = (last: Row | undefined) =>
      ground.ask(
        `select ${columns} from orchestration.event where ${last === undefined ? "" : "(run_id, run_seq) > (?, ?) and"} ${isTold}
order by event.run_id, event.run_seq limit ${rowsPerPage}`,
        ...(last === undefined ? [] : [String(last["run_id"]), Number(last["run_seq"])])
      )
    yield* eachPage(page, (rows) =>
      Effect.sync(() => {
        for (const row of rows) {
          if (run === undefined || run.run !== row["run_id"]) {
            end()
            run = new RunFold(String(row["run_id"]), { epoch: Number(row["run_epoch"]), length: Number(row["length"]) })
          }
          run.add(row)
        }
        done += rows.length
        tell("events checked", done, of)
      })
    )
    end()
    return uncovered
  })

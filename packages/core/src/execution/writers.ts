import { Effect, Stream } from "effect"
import { type Batch, DatasetError, type Staged, type Table, type Writer } from "../authoring/data.ts"
import type { StoredTable } from "../domain/Artifact.ts"
import { shapeError } from "./columns.ts"
import { BadOutput } from "./failures.ts"
import { op, type OpScope } from "./op.ts"
import type { TableSink } from "./ports/ArtifactStore.ts"

type Batches = Stream.Stream<Batch, unknown, unknown> | AsyncIterable<Batch> | Iterable<Batch>
/** Anything that gives batches, as a stream; `failure` turns what an iterable throws into a failure. */
const streamOf = (source: Batches, failure: (error: unknown) => unknown): Stream.Stream<Batch, unknown, unknown> => {
  if (Stream.isStream(source)) return source
  if (Symbol.asyncIterator in source) return Stream.fromAsyncIterable(source, failure)
  return Stream.suspend(() => Stream.fromIterable(source))
}
const isBatch = (answer: object): answer is Batch => "columns" in answer && "rows" in answer

/** One output of one attempt: the writer that the stage gets, and what becomes of its answer. */
export class TableOutput {
  readonly writer: Writer<Table>
  readonly #name: string
  readonly #type: Table
  readonly #sink: TableSink
  readonly #failure: (error: unknown) => unknown
  readonly #staged = new WeakMap<object, StoredTable | "written">()
  #rows = 0
  constructor(from: {
    readonly name: string
    readonly type: Table
    readonly sink: TableSink
    readonly scope: OpScope
    readonly failure: (error: unknown) => unknown
    readonly rows: number
  }) {
    this.#name = from.name
    this.#type = from.type
    this.#sink = from.sink
    this.#failure = from.failure
    this.#rows = from.rows
    const { scope } = from
    this.writer = {
      path: from.sink.path,
      append: (batch) => op(this.#append(batch), scope),
      write: (source) =>
        op(Effect.map(this.#appendAll(source as Batches), () => this.#stage("written")) as Effect.Effect<Staged>, scope),
      adopt: () =>
        op(
          Effect.map(from.sink.adopt, (table) => this.#stage(table)),
          scope
        ),
      done: () => this.#stage("written")
    }
  }
  /** Makes everything appended so far durable; the segments that a checkpoint names. */
  get seal(): Effect.Effect<ReadonlyArray<string>, DatasetError> {
    return this.#sink.seal
  }
  /** The stored table for what `run` answered: what was staged, a batch, or something that gives batches. */
  store(answer: unknown): Effect.Effect<StoredTable, unknown, unknown> {
    if (answer === undefined || answer === null)
      return Effect.fail(new BadOutput({ output: this.#name, detail: ` is missing: answer { ${this.#name}: ... }` }))
    if (typeof answer !== "object")
      return Effect.fail(new BadOutput({ output: this.#name, detail: ` is ${typeof answer}, a table is wanted` }))
    const staged = this.#staged.get(answer)
    if (staged !== undefined) return staged === "written" ? this.#sink.finish : Effect.succeed(staged)
    const source: Batches = isBatch(answer) ? [answer] : (answer as Batches)
    const gives = Stream.isStream(source) || Symbol.iterator in source || Symbol.asyncIterator in source
    if (!gives)
      return Effect.fail(
        new BadOutput({ output: this.#name, detail: " is no batch and gives none: answer batch({ ... }) or out.done()" })
      )
    return Effect.andThen(this.#appendAll(source), this.#sink.finish)
  }
  #stage(how: StoredTable | "written"): Staged {
    const staged = { rows: how === "written" ? this.#rows : how.rows } as Staged
    this.#staged.set(staged, how)
    return staged
  }
  #append(batch: Batch): Effect.Effect<void, DatasetError> {
    return Effect.suspend(() => {
      const wrong = shapeError(this.#name, this.#type, batch)
      if (wrong !== undefined) return Effect.fail(wrong)
      this.#rows += batch.rows
      return this.#sink.append(batch)
    })
  }
  #appendAll(source: Batches): Effect.Effect<void, unknown, unknown> {
    return Stream.runForEach(streamOf(source, this.#failure), (batch) => this.#append(batch))
  }
}

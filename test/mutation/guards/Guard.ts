/**
 * The guards that keep a run whole, each with what it would be without. `from` stands exactly once in its file, so the list cannot go stale
 * unnoticed; `tests` are the files of which at least one test must fail when the guard is gone.
 */
export interface Guard {
  readonly guards: string
  /** Below `packages/core/src`. */
  readonly file: string
  readonly from: string
  readonly to: string
  /** Below `packages/core/test`; `postgres/...` below `test`. */
  readonly tests: ReadonlyArray<string>
  /** Which of these tests; all of them without. */
  readonly only?: RegExp
}

/** Work that may be left off at every `yield` and taken up again, so that a key never waits for the whole of it. */
export type Steps<T> = Generator<undefined, T>

/** All of it at once. */
export const finish = <T>(steps: Steps<T>): T => {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

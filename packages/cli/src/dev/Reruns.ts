/** Runs one after the other: what is asked for meanwhile is done once, after the one that is under way. */
export class Reruns {
  private readonly perform: (only: ReadonlyArray<string>) => Promise<void>
  private readonly waiting = new Set<string>()
  private work: Promise<void> | undefined
  private isClosed = false

  constructor(perform: (only: ReadonlyArray<string>) => Promise<void>) {
    this.perform = perform
  }
  get isBusy(): boolean {
    return this.work !== undefined
  }
  ask(only: ReadonlyArray<string>): void {
    for (const name of only) this.waiting.add(name)
    this.work ??= this.go()
  }
  /** Nothing more begins; resolves when what is under way has ended. */
  async close(): Promise<void> {
    this.isClosed = true
    await this.work
  }
  private async go(): Promise<void> {
    while (this.waiting.size > 0 && !this.isClosed) {
      const only = [...this.waiting]
      this.waiting.clear()
      await this.perform(only)
    }
    this.work = undefined
  }
}

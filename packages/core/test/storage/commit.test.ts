import { copyFileSync, statSync } from "node:fs"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { openForWriting, type StateFile } from "../../src/storage/sqlite/StateFile.ts"
import { makeGroupCommit } from "../../src/storage/sqlite/groupCommit.ts"
import { join } from "node:path"
import { withHome } from "./support/home.ts"

/** A state file whose next `times` commits fail as on a full disk. */
const failing = (state: StateFile, times: number): StateFile => {
  let left = times
  return {
    ...state,
    run: (sql, ...values) => {
      if (sql === "commit" && left-- > 0) throw Object.assign(new Error("database or disk is full"), { errcode: 13 })
      return state.run(sql, ...values)
    }
  }
}
const put = (state: StateFile, key: string) => (): number =>
  state.run("insert into orchestration.lease (key, owner, epoch, expires_at, detail) values (?, 'o', 1, 0, '{}')", key)
const keysIn = (state: StateFile) => state.all("select key from orchestration.lease order by key").map((row) => row["key"])

describe("a commit that the disk refuses", () => {
  it("is answered as refused, and nothing of it stays", () =>
    withHome(async (home) => {
      const state = openForWriting(join(home, "state", "tetra.db"))
      const commits = makeGroupCommit(failing(state, 1))
      const first = await Effect.runPromise(Effect.flip(commits.submit(1, put(state, "a"))))
      expect(first.reason).toBe("full")
      expect(keysIn(state)).toEqual([])
      await Effect.runPromise(commits.submit(1, put(state, "a")))
      expect(keysIn(state)).toEqual(["a"])
      state.close()
    }))
  it("of a group is tried for each member alone", () =>
    withHome(async (home) => {
      const state = openForWriting(join(home, "state", "tetra.db"))
      const commits = makeGroupCommit(failing(state, 2))
      const members = ["a", "b", "c"].map((key) => Effect.result(commits.submit(1, put(state, key))))
      const results = await Effect.runPromise(Effect.all(members, { concurrency: "unbounded" }))
      expect(results.map(({ _tag }) => _tag)).toEqual(["Failure", "Success", "Success"])
      expect(keysIn(state)).toEqual(["b", "c"])
      state.close()
    }))
})

describe("the log of a state file", () => {
  /** One commit after the other; `between` sees how many there are. */
  const commitInTurn = async (state: StateFile, times: number, between: (done: number) => void = () => {}) => {
    const commits = makeGroupCommit(state)
    for (let i = 0; i < times; i++) {
      await Effect.runPromise(commits.submit(1, put(state, `key ${i}`)))
      between(i + 1)
    }
  }
  const sizeOfLog = (state: StateFile) => statSync(`${state.file}-wal`).size

  it("keeps its length from a certain number of commits on, so that a commit has no new length to make durable", () =>
    withHome(async (home) => {
      const state = openForWriting(join(home, "state", "tetra.db"))
      const sizes: Array<number> = []
      await commitInTurn(state, 120, () => sizes.push(sizeOfLog(state)))
      expect(sizes[14], "a small run makes no room").toBeLessThan(512 * 1_024)
      expect(new Set(sizes.slice(32)).size).toBe(1)
      state.close()
      expect(statSync(state.file).size, "the file itself has no room in it").toBeLessThan(512 * 1_024)
    }))
  it("gives back every commit after the power went, whatever of the room is on disk", () =>
    withHome(async (home) => {
      const state = openForWriting(join(home, "state", "tetra.db"))
      const counts: Array<readonly [number, number]> = []
      await commitInTurn(state, 40, (done) => {
        if (![15, 16, 17, 31, 32, 33, 40].includes(done)) return
        const after = join(home, `${done}.db`)
        copyFileSync(state.file, after)
        copyFileSync(`${state.file}-wal`, `${after}-wal`)
        const reopened = openForWriting(after)
        counts.push([keysIn(reopened).length, done])
        reopened.close()
      })
      state.close()
      expect(counts).toEqual(counts.map(([, done]) => [done, done]))
    }))
  it("does without the room where it cannot be had", () =>
    withHome(async (home) => {
      // The log is looked for where it is not: as good as a system that does not let it be opened twice.
      const state = { ...openForWriting(join(home, "state", "tetra.db")), file: join(home, "nowhere") }
      await commitInTurn(state, 40)
      expect(keysIn(state)).toHaveLength(40)
      state.close()
    }))
})

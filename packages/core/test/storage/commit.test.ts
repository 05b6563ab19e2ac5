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

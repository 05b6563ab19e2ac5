/** What git knows of a change: which files differ from a commit, and how one of them was written there. */
import { execFile } from "node:child_process"
import { realpathSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { Refusal } from "../failure.ts"

const run = promisify(execFile)
const mostBytes = 256 * 1024 * 1024

export interface GitChanges {
  /** Absolute; real paths. */
  readonly top: string
  /** What is compared with: the commit where this work left `ref`, else `ref` itself. Full hash. */
  readonly base: string
  /** Absolute files that differ from the base, in commits, in the index, in the working tree, or untracked and not ignored. */
  readonly files: ReadonlyArray<string>
  /** The text of an absolute file at the base; undefined where it was not there. */
  readonly textAt: (file: string) => Promise<string | undefined>
}
/** Changes in the repository around `folder` since `ref`. Refused where there is no git, no repository or no such commit. */
export const gitChanges = async (folder: string, ref: string): Promise<GitChanges> => {
  const git = async (...words: ReadonlyArray<string>): Promise<string> =>
    (await run("git", ["-C", folder, ...words], { maxBuffer: mostBytes })).stdout
  const named = (output: string): ReadonlyArray<string> => output.split("\0").filter((name) => name !== "")
  let top: string
  try {
    top = realpathSync((await git("rev-parse", "--show-toplevel")).trimEnd())
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT"
    throw new Refusal(
      isMissing ? "--affected needs git, which is not on the path" : `--affected needs a git repository: ${folder} is in none`,
      {
        hint: isMissing ? "install git, or leave --affected away" : "leave --affected away to run everything that was asked for"
      }
    )
  }
  const commit = await git("rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`).catch(() => undefined)
  if (commit === undefined)
    throw new Refusal(`--affected ${ref}: this repository has no such commit`, {
      hint: "a branch, a tag or a hash is needed. In CI the history is often cut off: fetch it (GitHub Actions: `fetch-depth: 0`, GitLab: `GIT_DEPTH: 0`)"
    })
  const joined = await git("merge-base", commit.trim(), "HEAD").catch(() => commit)
  const base = joined.trim()
  const [tracked, untracked] = await Promise.all([
    git("diff", "--name-only", "--no-renames", "-z", base, "--"),
    git("ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--", top)
  ])
  const files = [...new Set([...named(tracked), ...named(untracked)])].map((name) => join(top, name))
  return {
    top,
    base,
    files,
    textAt: (file) => git("show", `${base}:${file.slice(top.length + 1).replaceAll("\\", "/")}`).catch(() => undefined)
  }
}

/** This machine, as installing sees it: its folders, what is installed, and the commands that change it. */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { homedir, userInfo } from "node:os"
import { basename, dirname, join } from "node:path"
import process from "node:process"
import {
  type DeployContext,
  type DeployFile,
  folderOf,
  type Installed,
  isNameOf,
  isOwnedBy,
  type LocalTarget,
  type Machine,
  quoted,
  type Step
} from "@tetra/daemon/deploy"
import { exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"

export const thisMachine = (): Machine => {
  const { uid } = userInfo()
  const homeFolder = homedir()
  const given = process.env["XDG_CONFIG_HOME"]
  return { uid, homeFolder, configFolder: given === undefined || given === "" ? join(homeFolder, ".config") : given }
}
export const filesIn = (folder: string, isMeant: (path: string) => boolean): ReadonlyArray<DeployFile> =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter(isMeant)
        .toSorted()
        .map((path) => ({ path, text: readFileSync(join(folder, path), "utf8") }))
    : []
const crontabOf = (): string => {
  const { error, status, stdout } = spawnSync("crontab", ["-l"], { encoding: "utf8" })
  if (error !== undefined)
    throw new Refusal(`the crontab cannot be read: ${error.message}`, {
      hint: "is cron installed on this machine?",
      code: exitCodes.failed
    })
  return status === 0 ? stdout : ""
}
/** What this project has installed. With `crontab` undefined for cron, it is read from the machine. */
export const installedOf = (target: LocalTarget, context: DeployContext, machine: Machine): Installed => {
  const folder = folderOf(target, machine)
  if (folder === undefined) return { files: [], crontab: crontabOf() }
  const files = filesIn(folder, (path) => isNameOf(target, path)).filter((file) => isOwnedBy(context, file))
  return { files, crontab: "" }
}
/** A file of another project under the same name is not replaced. */
export const refuseForeign = (
  target: LocalTarget,
  context: DeployContext,
  machine: Machine,
  files: ReadonlyArray<DeployFile>
): void => {
  const folder = folderOf(target, machine)
  if (folder === undefined) return
  const foreign = filesIn(folder, (path) => files.some((file) => file.path === path)).find((file) => !isOwnedBy(context, file))
  if (foreign !== undefined)
    throw new Refusal(`${join(folder, foreign.path)} is there already, and it is not of this project`, {
      hint: "give the project a name of its own (project: in the configuration), or remove that file"
    })
}
export const stepText = (step: Step): string => {
  if (step._tag === "Write") return `write ${step.path}`
  if (step._tag === "Remove") return `remove ${step.path}`
  return `run ${step.words.map(quoted).join(" ")}${step.orElse === undefined ? "" : `, else ${step.orElse.map(quoted).join(" ")}`}`
}
/** Does it; a command that fails stops everything that comes after it. */
export const performStep = (step: Step): void => {
  if (step._tag === "Write") {
    mkdirSync(dirname(step.path), { recursive: true })
    writeFileSync(step.path, step.text, { mode: 0o644 })
    return
  }
  if (step._tag === "Remove") return rmSync(step.path, { force: true })
  const attempts = [step.words, ...(step.orElse === undefined ? [] : [step.orElse])]
  let said = ""
  for (const [program = "", ...words] of attempts) {
    const { error, status, stderr } = spawnSync(program, words, { encoding: "utf8", input: step.input ?? "" })
    if (status === 0) return
    said = error?.message ?? stderr.trim().split("\n").at(-1) ?? ""
  }
  if (step.mayFail === true) return
  throw new Refusal(`${basename(step.words[0]!)} did not do it: ${said}`, {
    code: exitCodes.failed,
    hint: `the command was: ${step.words.map(quoted).join(" ")}`
  })
}

/** What is done to a machine so that its own scheduler takes over, and to undo it: as data, so that it can be shown first. Pure. */
import { join } from "node:path"
import type { DeployFile, Target } from "./Target.ts"
import { crontabName, withBlock, withoutBlock } from "./targets/cron.ts"

/** Targets that are installed on the machine itself. */
export const localTargets = ["launchd", "systemd", "cron"] as const satisfies ReadonlyArray<Target>
export type LocalTarget = (typeof localTargets)[number]
export const isLocal = (target: Target): target is LocalTarget => localTargets.some((one) => one === target)

export interface Machine {
  readonly uid: number
  /** Of the user. */
  readonly homeFolder: string
  /** `$XDG_CONFIG_HOME`, else `.config` in the home folder. */
  readonly configFolder: string
}
export type Step =
  | { readonly _tag: "Write"; readonly path: string; readonly text: string }
  | { readonly _tag: "Remove"; readonly path: string }
  | {
      readonly _tag: "Run"
      readonly words: ReadonlyArray<string>
      readonly input?: string
      /** Tried when the first one fails. */
      readonly orElse?: ReadonlyArray<string>
      /** That it fails is no reason to stop. */
      readonly mayFail?: true
    }
/** What is on the machine now. */
export interface Installed {
  /** In `folderOf`, those of this project only. */
  readonly files: ReadonlyArray<DeployFile>
  readonly crontab: string
}
export interface Owner {
  readonly project: string
  readonly root: string
}
/** Where files of a target are looked for; undefined for cron, which keeps them itself. */
export const folderOf = (target: LocalTarget, { configFolder, homeFolder, uid }: Machine): string | undefined => {
  if (target === "cron") return undefined
  if (target === "launchd") return join(homeFolder, "Library", "LaunchAgents")
  return uid === 0 ? "/etc/systemd/system" : join(configFolder, "systemd", "user")
}
/** Names that files of a project may have. */
export const isNameOf = (target: LocalTarget, path: string): boolean =>
  target === "launchd" ? /^com\.tetra\..+\.plist$/u.test(path) : /^tetra-.+\.(?:timer|service)$/u.test(path)
/** Whether a file was written for the project in this folder: its header says so. Two dashes are set apart in a property list. */
export const isOwnedBy = ({ root }: Owner, { text }: DeployFile): boolean =>
  [root, root.replaceAll(/-(?=-)/gu, "- ")].some((shown) => text.includes(`Project ${shown},`))

const run = (
  words: ReadonlyArray<string>,
  more: { readonly input?: string; readonly orElse?: ReadonlyArray<string>; readonly mayFail?: true } = {}
): Step => ({
  _tag: "Run",
  words,
  ...more
})
const labelOf = (path: string): string => path.replace(/\.plist$/u, "")
const systemctl = (uid: number, ...words: ReadonlyArray<string>): ReadonlyArray<string> => [
  "systemctl",
  ...(uid === 0 ? [] : ["--user"]),
  ...words
]
/** What systemd starts by itself: timers, and services that no timer starts. */
const enabled = (files: ReadonlyArray<DeployFile>): ReadonlyArray<string> =>
  files.filter(({ text }) => text.includes("\n[Install]\n")).map(({ path }) => path)

const stopped = (target: LocalTarget, files: ReadonlyArray<DeployFile>, machine: Machine): ReadonlyArray<Step> => {
  if (target === "launchd")
    return files.map(({ path }) =>
      run(["launchctl", "bootout", `gui/${machine.uid}/${labelOf(path)}`], {
        orElse: ["launchctl", "unload", join(folderOf(target, machine)!, path)],
        mayFail: true
      })
    )
  const units = enabled(files)
  return target === "systemd" && units.length > 0
    ? [run(systemctl(machine.uid, "disable", "--now", ...units), { mayFail: true })]
    : []
}
/** Takes away what the project has installed for `target`. */
export const removeSteps = (target: LocalTarget, owner: Owner, installed: Installed, machine: Machine): ReadonlyArray<Step> => {
  if (target === "cron") {
    const rest = withoutBlock(installed.crontab, owner.project, owner.root)
    return rest === installed.crontab ? [] : [run(["crontab", "-"], { input: rest })]
  }
  const { files } = installed
  if (files.length === 0) return []
  const folder = folderOf(target, machine)!
  const removed = files.map(({ path }): Step => ({ _tag: "Remove", path: join(folder, path) }))
  const after = target === "systemd" ? [run(systemctl(machine.uid, "daemon-reload"))] : []
  return [...stopped(target, files, machine), ...removed, ...after]
}
/** Installs `files`, and takes away what an earlier installation left that is not among them. Done twice it changes nothing more. */
export const installSteps = (
  target: LocalTarget,
  owner: Owner,
  files: ReadonlyArray<DeployFile>,
  installed: Installed,
  machine: Machine
): ReadonlyArray<Step> => {
  if (target === "cron") {
    const block = files.find(({ path }) => path === crontabName)!.text
    return [run(["crontab", "-"], { input: withBlock(installed.crontab, block, owner.project, owner.root) })]
  }
  const folder = folderOf(target, machine)!
  const paths = files.map(({ path }) => path)
  const gone = installed.files.filter(({ path }) => !paths.includes(path))
  const known = installed.files.filter(({ path }) => paths.includes(path))
  const steps: Array<Step> = [...stopped(target, gone, machine)]
  for (const { path } of gone) steps.push({ _tag: "Remove", path: join(folder, path) })
  if (target === "launchd") steps.push(...stopped(target, known, machine))
  for (const { path, text } of files) steps.push({ _tag: "Write", path: join(folder, path), text })
  if (target === "launchd")
    for (const path of paths)
      steps.push(
        run(["launchctl", "bootstrap", `gui/${machine.uid}`, join(folder, path)], {
          orElse: ["launchctl", "load", "-w", join(folder, path)]
        })
      )
  else steps.push(run(systemctl(machine.uid, "daemon-reload")), run(systemctl(machine.uid, "enable", "--now", ...enabled(files))))
  return steps
}

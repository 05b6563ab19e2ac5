/** `tetra deploy TARGET`: writes what another scheduler needs, checks it, and installs it where that is this machine. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { isAbsolute, join, relative, resolve } from "node:path"
import { userInfo } from "node:os"
import process from "node:process"
import type { Project } from "@tetra/core/engine"
import { layerStore } from "@tetra/core/storage"
import {
  askOracles,
  type DeployContext,
  type DeployFile,
  type Deployment,
  deploymentOf,
  folderOf,
  installSteps,
  isLocal,
  type LocalTarget,
  removeSteps,
  type Step,
  type Style,
  type Target
} from "@tetra/daemon/deploy"
import { type Driver, handOver, specsOf } from "@tetra/daemon/schedule"
import { Effect } from "effect"
import { deployContext, targetOf } from "../deploy/deployContext.ts"
import { filesIn, installedOf, performStep, refuseForeign, stepText, thisMachine } from "../deploy/machine.ts"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { lookOf } from "../output/plain/look.ts"
import { tableLines } from "../output/table.ts"
import type { Call } from "../program.ts"
import { flag, openProject, storePlaceOf, text } from "../project/open.ts"
import { print, printJson } from "../project/store.ts"
import { perform } from "../runtime.ts"

const say = (line: string): void => void process.stderr.write(`${line}\n`)
const actions = ["install", "list", "remove", "check"] as const
type Action = (typeof actions)[number] | "write"
const actionOf = (call: Call): Action => {
  const asked = actions.filter((action) => flag(call, action))
  if (asked.length > 1) throw new Refusal(`--${asked[0]} and --${asked[1]} exclude each other`, { hint: "give one of them" })
  return asked[0] ?? "write"
}
const folderFor = (call: Call, target: Target, { root }: DeployContext): string => {
  const given = text(call, "out")
  if (given !== undefined) return resolve(given)
  return target === "docker" ? root : join(root, "deploy", target)
}
const near = (path: string): string => {
  const short = relative(process.cwd(), path)
  return short === "" ? "." : short.startsWith("..") || isAbsolute(short) ? path : short
}

/** What the files say, schedule by schedule; refuses when they would do something wrong. */
const checked = async (deployment: Deployment, context: DeployContext): Promise<void> => {
  const { files, problems, target } = deployment
  const verdict = problems.length > 0 ? { said: [], problems: [] } : await askOracles(target, files, context.now)
  const all = [...problems, ...verdict.problems]
  if (all.length === 0) {
    if (verdict.said.length > 0) say(`checked with ${verdict.said.join(", ")}`)
    return
  }
  throw new Refusal(`these files for ${target} would not do what the schedules say`, {
    code: exitCodes.failed,
    problems: all.map((message) => ({ level: "error", where: target, message, hint: "nothing was changed" }))
  })
}
const show = (call: Call, { checked: all, files, target }: Deployment): void => {
  if (flag(call, "json")) {
    const schedules = all.map(({ comparison, how, id, text: said }) => ({
      schedule: id,
      how,
      text: said,
      fires: comparison?.fires ?? 0
    }))
    return printJson({ target, files: files.map(({ path }) => path), schedules })
  }
  const columns = [
    { title: "schedule", of: (one: (typeof all)[number]) => one.id },
    { title: "how", of: (one: (typeof all)[number]) => (one.how === "left" ? "not expressible" : one.how) },
    { title: "what is written", of: (one: (typeof all)[number]) => one.text }
  ]
  if (all.length > 0) print(tableLines(all, columns, lookOf(process.stdout, process.env)))
}
const printFiles = (files: ReadonlyArray<DeployFile>): void => {
  for (const { path, text: body } of files) process.stdout.write(`==> ${path}\n${body.trimEnd()}\n\n`)
}
/** Does the steps, or says what they are. */
const carryOut = (call: Call, steps: ReadonlyArray<Step>, nothing: string): void => {
  if (steps.length === 0) return say(nothing)
  for (const step of steps) {
    if (!flag(call, "dryRun")) performStep(step)
    say(`${flag(call, "dryRun") ? "would " : ""}${stepText(step)}`)
  }
}
const next: Partial<Readonly<Record<Target, string>>> = {
  kubernetes: "`kubectl apply -f` applies it",
  docker: "`docker build -t tetra .` builds the image",
  airflow: "put it into the folder of DAGs; `tetra` must be on the path of its workers",
  prefect: "`prefect deploy --all` in that folder deploys it; `tetra` must be on the path of its workers",
  launchd: "`tetra deploy launchd --install` installs it here",
  systemd: "`tetra deploy systemd --install` installs it here",
  cron: "`tetra deploy cron --install` installs it here"
}
const write = async (call: Call, context: DeployContext, deployment: Deployment): Promise<ExitCode> => {
  await checked(deployment, context)
  const folder = folderFor(call, deployment.target, context)
  show(call, deployment)
  if (flag(call, "dryRun")) {
    if (!flag(call, "json")) printFiles(deployment.files)
    return exitCodes.completed
  }
  mkdirSync(folder, { recursive: true })
  for (const { path, text: body } of deployment.files) {
    const place = join(folder, path)
    writeFileSync(place, body)
    say(`wrote ${near(place)}`)
  }
  say(next[deployment.target] ?? "")
  return exitCodes.completed
}
/** From now on `to` fires the schedules; the daemon, and every other caller of the gate, leaves them alone. */
const drive = async (call: Call, project: Project, to: Driver, ids?: ReadonlyArray<string>): Promise<void> => {
  const specs = specsOf(project)
  const asked = { to, by: userInfo().username, now: Date.now() }
  const place = storePlaceOf(project)
  const chosen = ids ?? specs.map(({ id }) => id)
  if (flag(call, "dryRun")) return say(`would let ${to === "daemon" ? "the daemon" : to} fire ${chosen.join(", ")}`)
  const work = handOver(specs, chosen, asked)
  const taken = await perform(work.pipe(Effect.provide(layerStore(place)), Effect.scoped))
  for (const id of taken) say(`${id} is driven by ${to === "daemon" ? "the daemon" : to} from now on`)
}
const drivenBy = ({ style, target }: { readonly style: Style; readonly target: Driver }): Driver =>
  style === "daemon" ? "daemon" : target
const idsIn = ({ checked: all }: Deployment): ReadonlyArray<string> => all.flatMap(({ how, id }) => (how === "left" ? [] : [id]))

const install = async (call: Call, target: LocalTarget, context: DeployContext, deployment: Deployment): Promise<ExitCode> => {
  await checked(deployment, context)
  const machine = thisMachine()
  refuseForeign(target, context, machine, deployment.files)
  show(call, deployment)
  mkdirSync(join(context.home, "logs"), { recursive: true, mode: 0o700 })
  carryOut(call, installSteps(target, context, deployment.files, installedOf(target, context, machine), machine), "")
  if (target === "systemd" && machine.uid !== 0)
    say("timers of a user stop with the last session: `loginctl enable-linger` keeps them")
  return exitCodes.completed
}
const listed = (call: Call, target: LocalTarget, context: DeployContext, deployment: Deployment): ExitCode => {
  const machine = thisMachine()
  const { crontab, files } = installedOf(target, context, machine)
  const found = target === "cron" ? deployment.files.filter(({ text: block }) => crontab.includes(block.split("\n")[0]!)) : files
  if (flag(call, "json")) {
    printJson(found.map(({ path }) => ({ target, file: path })))
    return exitCodes.completed
  }
  if (found.length === 0) say(`nothing is installed for this project: \`tetra deploy ${target} --install\` installs it`)
  const folder = folderOf(target, machine)
  print(found.map(({ path }) => (folder === undefined ? "crontab" : join(folder, path))))
  return exitCodes.completed
}
/** The files that are there, read and compared: those in `--out`, else those that are installed, else those in the project. */
const check = async (call: Call, context: DeployContext, deployment: Deployment): Promise<ExitCode> => {
  const { files: expected, target } = deployment
  const given = folderFor(call, target, context)
  const machine = thisMachine()
  const place = isLocal(target) && text(call, "out") === undefined ? (folderOf(target, machine) ?? given) : given
  const folder = expected.some(({ path }) => existsSync(join(place, path))) ? place : given
  const found = filesIn(folder, (path) => expected.some((file) => file.path === path))
  const missing = expected.find(({ path }) => !found.some((file) => file.path === path))
  if (missing !== undefined)
    throw new Refusal(`there is no ${near(join(folder, missing.path))}`, {
      code: exitCodes.failed,
      hint: `\`tetra deploy ${target}\` writes it`
    })
  const again = deploymentOf(target, context, found)
  await checked(again, context)
  show(call, again)
  const bare = (body: string) => body.replaceAll(/^.*(?:Written by tetra|, configuration ).*$/gmu, "")
  const stale = found.filter((file) => bare(file.text) !== bare(expected.find(({ path }) => path === file.path)!.text))
  for (const { path } of stale) say(`${near(join(folder, path))} is not what would be written now`)
  if (stale.length === 0) say(`${near(folder)} says what the schedules say`)
  return exitCodes.completed
}
const localOnly = (target: Target, action: Action): LocalTarget => {
  if (isLocal(target)) return target
  throw new Refusal(`${target} is not installed on this machine: there is no --${action}`, {
    hint: `\`tetra deploy ${target} --out DIR\` writes its files; ${next[target] ?? ""}`
  })
}
const remove = async (call: Call, target: Target, context: DeployContext, project: Project): Promise<ExitCode> => {
  if (target === "docker") localOnly(target, "remove")
  if (isLocal(target)) {
    const machine = thisMachine()
    const steps = removeSteps(target, context, installedOf(target, context, machine), machine)
    carryOut(call, steps, "nothing is installed for this project")
  }
  await drive(call, project, "daemon")
  return exitCodes.completed
}
export const handle = async (call: Call): Promise<ExitCode> => {
  const target = targetOf(call.args[0])
  const action = actionOf(call)
  const project = await openProject(call)
  const context = deployContext(call, target, project)
  if (action === "remove") return await remove(call, target, context, project)
  if (context.style === "schedules" && context.schedules.length === 0)
    throw new Refusal("no pipeline has a schedule: there is nothing to hand over", {
      hint: 'add `schedule: "0 19 * * *"` to one under pipeline_dependencies, or hand the daemon over with --style daemon'
    })
  const deployment = deploymentOf(target, context)
  if (action === "check") return await check(call, context, deployment)
  if (action === "write") return await write(call, context, deployment)
  if (action === "list") return listed(call, localOnly(target, action), context, deployment)
  if (target === "docker") localOnly(target, action)
  const code = isLocal(target) ? await install(call, target, context, deployment) : await write(call, context, deployment)
  if (target !== "docker")
    await drive(
      call,
      project,
      drivenBy({ style: context.style, target }),
      context.style === "daemon" ? undefined : idsIn(deployment)
    )
  return code
}

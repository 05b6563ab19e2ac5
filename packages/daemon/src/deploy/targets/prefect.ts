/** Prefect: a deployment per schedule, and the flow that runs the command. */
import { parseCron } from "@tetra/core/engine"
import { Result } from "effect"
import { parse, stringify } from "yaml"
import { ruleOf } from "../express.ts"
import { headerLines } from "../header.ts"
import { gateWords, idsOf, type Writer } from "../jobs.ts"
import { NotReadBack } from "../Target.ts"

const flowFile = "tetra_flow.py"
const flow = (header: ReadonlyArray<string>): string => `${header.map((line) => `# ${line}`).join("\n")}
import subprocess

from prefect import flow
from prefect.states import Completed


@flow(name="tetra", retries=0)
def tetra(command: list[str], directory: str):
    code = subprocess.run(command, cwd=directory, check=False).returncode
    if code == 3:
        return Completed(message="partial: finished and usable, something was left out")
    if code != 0:
        raise RuntimeError(f"{' '.join(command)} ended with exit code {code}")
    return Completed(message="completed")
`
interface Deployment {
  readonly name: string
  readonly entrypoint: string
  readonly parameters: { readonly command: ReadonlyArray<string>; readonly directory: string }
  readonly schedules: ReadonlyArray<{
    readonly cron: string
    readonly timezone: string
    readonly day_or: boolean
    readonly active: boolean
  }>
  readonly concurrency_limit: { readonly limit: number; readonly collision_strategy: string }
  readonly work_pool: { readonly name: string }
}
export const prefect: Writer = {
  write: (context, jobs, told) => {
    const deployments = jobs.map(({ expressed, name, spec }): Deployment => ({
      name: `tetra-${context.project}-${name}`,
      entrypoint: `${flowFile}:tetra`,
      parameters: {
        command: ["tetra", ...gateWords({ ...context, configFile: undefined }, "prefect", [spec.id])],
        directory: context.root
      },
      schedules: expressed.rules.map((rule) => ({ cron: ruleOf(rule).text, timezone: rule.zone, day_or: true, active: true })),
      concurrency_limit: { limit: 1, collision_strategy: spec.overlap === "skip" ? "CANCEL_NEW" : "ENQUEUE" },
      work_pool: { name: "default" }
    }))
    const header = headerLines("prefect", context, told)
    const text = stringify({ name: context.project, "prefect-version": "3", deployments }, { lineWidth: 0 })
    return [
      { path: "prefect.yaml", text: `${header.map((line) => `# ${line}`).join("\n")}\n${text}` },
      { path: flowFile, text: flow(header.slice(0, 2)) }
    ]
  },
  read: (files) =>
    files
      .filter(({ path }) => path === "prefect.yaml")
      .flatMap(({ path, text }) => {
        const { deployments } = parse(text) as { readonly deployments: ReadonlyArray<Deployment> }
        return deployments.map(({ parameters, schedules }) => {
          const [id] = idsOf(parameters.command)
          if (id === undefined) throw new NotReadBack(`${path}: a deployment does not run a schedule`)
          const rules = schedules.map(({ cron, day_or: isEither, timezone }) => {
            const parsed = parseCron(cron)
            if (Result.isFailure(parsed) || !isEither) throw new NotReadBack(`${path}: ${cron} cannot be read`)
            return { text: cron, cron: parsed.success, zone: timezone }
          })
          return { id, rules, instants: [] }
        })
      })
}

/** The files of a target, checked by reading them back. Pure. */
import { instantText } from "../schedule/instantText.ts"
import { type Comparison, compare } from "./compare.ts"
import { dialects } from "./dialects.ts"
import { express, type Expressed, type NotExpressible } from "./express.ts"
import type { Told } from "./header.ts"
import { type Job, nameOf, type Writer } from "./jobs.ts"
import { airflow } from "./targets/airflow.ts"
import { cron } from "./targets/cron.ts"
import { dockerfile } from "./targets/docker.ts"
import { kubernetes } from "./targets/kubernetes.ts"
import { launchd } from "./targets/launchd.ts"
import { prefect } from "./targets/prefect.ts"
import { systemd } from "./targets/systemd.ts"
import { type DeployContext, type DeployFile, NotReadBack, type ReadSchedule, type Target, type Timed } from "./Target.ts"

/** How well a file keeps the times of one schedule. */
export interface Checked extends Told {
  readonly comparison: Comparison | undefined
}
export interface Deployment {
  readonly target: Target
  readonly files: ReadonlyArray<DeployFile>
  readonly checked: ReadonlyArray<Checked>
  /** What the files would do wrong, in whole sentences: then they are not to be used. */
  readonly problems: ReadonlyArray<string>
}
export const writerOf = (target: Timed, zone: string): Writer =>
  ({ launchd: launchd(zone), cron: cron(zone), systemd, kubernetes, airflow, prefect })[target]

const minutes = (ms: number): string => `${Math.ceil(ms / 60_000)} min`
/** What is said about a schedule; files are made with it, so that it is worked out from what will be written. */
const toldOf = (job: Job, comparison: Comparison): Told => {
  const { extra, fires, late } = comparison
  const [worst] = late.toSorted((a, b) => b.byMs - a.byMs)
  const isExact = extra === 0 && late.length === 0
  const notes = [
    ...job.expressed.reasons,
    ...(extra === 0 ? [] : [`${extra} further starts end at once`]),
    ...(worst === undefined ? [] : [`${late.length} of the times come late, by up to ${minutes(worst.byMs)}, and are caught up`])
  ]
  const head = `"${job.spec.cron}" in ${job.spec.zone}, ${fires} times compared`
  return { id: job.spec.id, how: isExact ? "exact" : "gated", text: [head, ...notes].join("; ") }
}
const missedText = (target: Timed, { comparison, id }: Checked): ReadonlyArray<string> => {
  const missed = comparison?.missed ?? []
  if (missed.length === 0) return []
  const some = missed.slice(0, 3).map(instantText).join(", ")
  return [
    `${id}: ${target} would not start it at ${missed.length} of ${comparison!.fires} times, first ${some}; let the daemon fire it, or allow it to catch up`
  ]
}
/** What files say about the times of each job. Throws `NotReadBack`. */
const readJobs = (writer: Writer, jobs: ReadonlyArray<Job>, files: ReadonlyArray<DeployFile>): ReadonlyArray<ReadSchedule> => {
  const read = writer.read(files)
  return jobs.map(({ spec }) => {
    const own = read.find(({ id }) => id === spec.id)
    if (own === undefined) throw new NotReadBack(`no file starts ${spec.id}`)
    return own
  })
}
const timesSaid = (read: ReadonlyArray<ReadSchedule>): string =>
  JSON.stringify(read.map(({ instants, rules }) => [instants, rules.map(({ text, zone }) => [text, zone])]))
const isExpressed = (one: Expressed | NotExpressible): one is Expressed => "rules" in one

/**
 * What is written for `target`. Schedules that it cannot express are left out and named. `found`: files to check in the place of those that would be
 * written.
 */
export const deploymentOf = (target: Target, context: DeployContext, found?: ReadonlyArray<DeployFile>): Deployment => {
  if (target === "docker") return { target, files: [dockerfile(context)], checked: [], problems: [] }
  const writer = writerOf(target, context.zone)
  if (context.style === "daemon") return { target, files: writer.write(context, [], []), checked: [], problems: [] }
  const ids = context.schedules.map(({ id }) => id)
  const all = context.schedules.map((spec) => ({
    spec,
    name: nameOf(spec.id, ids),
    expressed: express(spec, dialects[target], context.zone, context.now)
  }))
  const jobs = all.filter((job): job is Job => isExpressed(job.expressed))
  const left = all.flatMap(({ expressed, spec }): ReadonlyArray<Checked> =>
    isExpressed(expressed) ? [] : [{ id: spec.id, how: "left", text: expressed.why, comparison: undefined }]
  )
  const compared = (read: ReadonlyArray<ReadSchedule>): ReadonlyArray<Checked> =>
    jobs.map((job, i) => {
      const comparison = compare(job.spec, dialects[target], read[i]!, context.now)
      return { ...toldOf(job, comparison), comparison }
    })
  try {
    const first = readJobs(writer, jobs, writer.write(context, jobs, []))
    const before = compared(first)
    const files = found ?? writer.write(context, jobs, [...before, ...left])
    const read = readJobs(writer, jobs, files)
    const checked = [...(timesSaid(read) === timesSaid(first) ? before : compared(read)), ...left]
    return { target, files, checked, problems: checked.flatMap((one) => missedText(target, one)) }
  } catch (error) {
    if (!(error instanceof NotReadBack)) throw error
    return { target, files: found ?? [], checked: left, problems: [error.message] }
  }
}

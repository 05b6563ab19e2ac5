import type { StageShape } from "./Catalogue.ts"
import { dependenciesOf, membersOf } from "./dependencies.ts"
import type { Project } from "./Project.ts"

type Wiring = Pick<Project, "catalogue" | "config">
const listed = (names: ReadonlyArray<string>): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`
/** What is in `a` and not in `b`. */
const without = (a: Iterable<string>, b: Iterable<string>): ReadonlyArray<string> => {
  const others = new Set(b)
  return [...a].filter((name) => !others.has(name))
}
interface Place {
  /** Assets without which it does not start. */
  readonly assets: ReadonlySet<string>
  /** Groups that the configuration requires by name. */
  readonly groups: ReadonlyArray<string>
  readonly pipelines: ReadonlySet<string>
  readonly provides: ReadonlySet<string>
}
const placeOf = (project: Wiring, name: string): Place => {
  const { catalogue, config } = project
  const written = config.pipeline_dependencies?.[name]
  const shape = catalogue.pipelines.get(name)?.shape
  const read = [...(shape?.requires ?? [])].filter(([, { soft }]) => !soft).map(([asset]) => asset)
  const required = written?.requires ?? []
  return {
    assets: new Set([...required.flatMap((asset) => membersOf(catalogue, asset)), ...read]),
    groups: required.filter((asset) => catalogue.groups.has(asset)),
    pipelines: dependenciesOf(project, name).all,
    provides: new Set([...(shape?.provides.keys() ?? []), ...(written?.provides ?? [])])
  }
}
/** Assets that are all of a group are told as the group. */
const told = ({ catalogue }: Wiring, assets: ReadonlyArray<string>, { groups }: Place): ReadonlyArray<string> => {
  const whole = groups.filter((group) => membersOf(catalogue, group).every((member) => assets.includes(member)))
  return [
    ...whole,
    ...without(
      assets,
      whole.flatMap((group) => membersOf(catalogue, group))
    )
  ]
}
const waits = (before: Wiring, after: Wiring, name: string): ReadonlyArray<string> => {
  const [was, is] = [placeOf(before, name), placeOf(after, name)]
  const more = without(is.assets, was.assets)
  const fewer = without(was.assets, is.assets)
  const providers = (project: Wiring, assets: ReadonlyArray<string>) =>
    new Set(
      assets.flatMap((asset) =>
        [...project.catalogue.pipelines].flatMap(([p, { shape }]) => (shape.provides.has(asset) ? [p] : []))
      )
    )
  const begins = [...told(after, more, is), ...without(without(is.pipelines, was.pipelines), providers(after, more))]
  const ends = [...told(before, fewer, was), ...without(without(was.pipelines, is.pipelines), providers(before, fewer))]
  const [gained, lost] = [without(is.provides, was.provides), without(was.provides, is.provides)]
  return [
    ...(begins.length === 0 ? [] : [`${name} now waits for ${listed(begins)}`]),
    ...(ends.length === 0 ? [] : [`${name} no longer waits for ${listed(ends)}`]),
    ...(gained.length === 0 ? [] : [`${name} now provides ${listed(gained)}`]),
    ...(lost.length === 0 ? [] : [`${name} no longer provides ${listed(lost)}`])
  ]
}
const stageChanges = (pipeline: string, was: StageShape, is: StageShape): ReadonlyArray<string> => {
  const name = `${pipeline}.${is.name}`
  if (was.stageId !== is.stageId) return [`${name} is done by ${is.stageId}, was ${was.stageId}`]
  const [more, fewer] = [without(is.reads, was.reads), without(was.reads, is.reads)]
  const [around, off] = [without(is.wrappedBy, was.wrappedBy), without(was.wrappedBy, is.wrappedBy)]
  return [
    ...(more.length === 0 ? [] : [`${name} now reads from ${listed(more)}`]),
    ...(fewer.length === 0 ? [] : [`${name} no longer reads from ${listed(fewer)}`]),
    ...(around.length === 0 ? [] : [`${name} is wrapped by ${listed(around)}`]),
    ...(off.length === 0 ? [] : [`${name} is no longer wrapped by ${listed(off)}`]),
    ...(was.partitioned === is.partitioned
      ? []
      : [`${name} is ${is.partitioned ? "split into partitions" : "one piece of work"}`])
  ]
}
const stages = (before: Wiring, after: Wiring, pipeline: string): ReadonlyArray<string> => {
  const [was, is] = [before, after].map(({ catalogue }) => catalogue.pipelines.get(pipeline)?.shape.stages ?? [])
  const [old, now] = [new Map(was!.map((one) => [one.name, one])), is!]
  const names = now.map(({ name }) => name)
  const [gained, lost] = [without(names, old.keys()), without(old.keys(), names)]
  return [
    ...(gained.length === 0 ? [] : [`${pipeline} gains the stage${gained.length === 1 ? "" : "s"} ${listed(gained)}`]),
    ...(lost.length === 0 ? [] : [`${pipeline} loses the stage${lost.length === 1 ? "" : "s"} ${listed(lost)}`]),
    ...now.flatMap((stage) => {
      const former = old.get(stage.name)
      return former === undefined ? [] : stageChanges(pipeline, former, stage)
    })
  ]
}
/** What is different in how pipelines and their stages hang together, in words: `metrics_pipeline now waits for ml_features`. Empty when nothing is. */
export const graphChanges = (before: Wiring, after: Wiring): ReadonlyArray<string> => {
  const [was, is] = [before, after].map(({ catalogue }) => [...catalogue.pipelines.keys()])
  const [gained, lost] = [without(is!, was!), without(was!, is!)]
  return [
    ...gained.map((name) => `the pipeline ${name} is there now`),
    ...lost.map((name) => `the pipeline ${name} is gone`),
    ...is!
      .filter((name) => !gained.includes(name))
      .flatMap((name) => [...waits(before, after, name), ...stages(before, after, name)])
  ]
}

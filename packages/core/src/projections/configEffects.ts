import { type JsonChange, jsonText } from "./jsonChanges.ts"

type Effect = (names: ReadonlyArray<string>, change: JsonChange) => string
const quoted = ({ after, before }: JsonChange): string => `${jsonText(before)} -> ${jsonText(after)}`

/** What a change of a section means, by the beginning of its path; the first that fits tells. `*` stands for a name. */
const meanings: ReadonlyArray<readonly [string, Effect]> = [
  ["pipeline_dependencies.*.schedule", ([, name], change) => `the schedule of ${name} moves: ${quoted(change)}`],
  ["pipeline_dependencies.*.frequency", ([, name], change) => `${name} is expected at another rate: ${quoted(change)}`],
  ["pipeline_dependencies.*", ([, name]) => `the place of ${name} in the graph changes: what it waits for, reads or provides`],
  ["timezone", (_, change) => `schedules move to another time zone: ${quoted(change)}`],
  ["pipelines.*.timezone", ([, name], change) => `the schedule of ${name} moves to another time zone: ${quoted(change)}`],
  ["pipelines.*.schedule_options", ([, name]) => `the schedule of ${name} treats holidays, catch-up or overlap in another way`],
  ["pipelines.*.config", ([, name]) => `the next run of ${name} computes anew what depends on its parameters`],
  ["pipelines.*.plugin", ([, name], change) => `${name} comes from another plugin: ${quoted(change)}`],
  ["pipelines.*.max_data_age_hours", ([, name]) => `data of ${name} count as stale at another age`],
  ["pipelines.*.cache", ([, name]) => `results of ${name} are reused up to another age; none of them changes`],
  ["pipelines.*.retry", ([, name]) => `failed stages of ${name} are tried again at another pace`],
  ["pipelines.*.stages", ([, name]) => `stages of ${name} have another policy`],
  ["pipelines.*", ([, name]) => `${name} is set up in another way`],
  ["pipeline_dependencies", () => "the graph of the pipelines changes"],
  ["plugins", () => "other plugins are loaded, or with another configuration"],
  ["modes.*", ([, name]) => `the mode ${name} runs other pipelines, or with other parameters`],
  ["retry", () => "failed stages are tried again at another pace"],
  ["recovery_procedures.*", ([, name]) => `a failure of ${name} is met in another way`],
  ["alerting.channels.*", ([, , name]) => `alerts through ${name} change`],
  ["alerting.rules", () => "other conditions raise alerts"],
  ["resource_management", () => "runs are admitted by other limits; no result changes"],
  ["health.endpoints.*", ([, , name]) => `whether ${name} answers is looked at in another way`],
  ["health", () => "what counts as healthy changes; no result does"],
  ["cache", () => "results are reused up to another age or size; none of them changes"],
  ["http", () => "the address of the API changes at the next start of the daemon"],
  ["state", () => "runs are recorded in another store: what is in the former one is not seen"],
  ["extension_points", () => "another plugin wins where two contribute one name"],
  ["environments.*", ([, name]) => `only with --env ${name}`]
]
const fits = (pattern: string, names: ReadonlyArray<string>): boolean =>
  pattern.split(".").every((part, i) => (part === "*" ? names[i] !== undefined : names[i]?.replace(/\[.*$/u, "") === part))

/** What changes of a configuration lead to, in words, each once. */
export const configEffects = (changes: ReadonlyArray<JsonChange>): ReadonlyArray<string> => [
  ...new Set(
    changes.flatMap((change) => {
      const names = change.path.split(".")
      const meaning = meanings.find(([pattern]) => fits(pattern, names))
      return meaning === undefined ? [] : [meaning[1](names, change)]
    })
  )
]

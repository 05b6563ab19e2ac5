/** Airflow 3: one file that makes a DAG per time table. */
import { parseCron } from "@tetra/core/engine"
import { Result } from "effect"
import { ruleOf } from "../express.ts"
import { headerLines } from "../header.ts"
import { gateWords, idsOf, quoted, unquoted, type Writer } from "../jobs.ts"
import { NotReadBack, type ReadSchedule } from "../Target.ts"

interface Dag {
  readonly dag_id: string
  readonly cron: string
  readonly timezone: string
  readonly catchup: number
  readonly command: string
}
/** A JSON list is a Python list as long as it holds texts and numbers only. */
const listName = "SCHEDULES"
const body = `
for schedule in ${listName}:
    with DAG(
        dag_id=schedule["dag_id"],
        schedule=CronTriggerTimetable(schedule["cron"], timezone=schedule["timezone"]),
        start_date=START_DATE,
        catchup=bool(schedule["catchup"]),
        max_active_runs=1,
        default_args={"retries": 0},
        tags=["tetra"],
    ) as dag:
        # The space at the end keeps a command that ends in .sh from being read as the name of a template file.
        BashOperator(task_id="tetra", bash_command=schedule["command"] + " ")
    globals()[schedule["dag_id"]] = dag
`
export const airflow: Writer = {
  write: (context, jobs, told) => {
    const dags = jobs.flatMap(({ expressed, name, spec }) =>
      expressed.rules.map((rule, i): Dag => {
        const { text, zone } = ruleOf(rule)
        const words = [...gateWords({ ...context, configFile: undefined }, "airflow", [spec.id]), "--partial-ok"]
        return {
          dag_id: `tetra_${context.project}_${name}${i === 0 ? "" : `_${i + 1}`}`.replaceAll("-", "_"),
          cron: text,
          timezone: zone,
          catchup: spec.catchUp._tag === "All" ? 1 : 0,
          // Airflow fills in the run that triggers it: done twice, it is one run.
          command: `cd ${quoted(context.root)} && tetra ${words.map(quoted).join(" ")} --trigger-key '{{ run_id }}'`
        }
      })
    )
    const [year, month, day] = new Date(context.now).toISOString().slice(0, 10).split("-").map(Number)
    const text = [
      ...headerLines("airflow", context, told).map((line) => `# ${line}`),
      "from datetime import datetime, timezone",
      "",
      "from airflow.providers.standard.operators.bash import BashOperator",
      "from airflow.sdk import DAG",
      "from airflow.timetables.trigger import CronTriggerTimetable",
      "",
      `START_DATE = datetime(${year}, ${month}, ${day}, tzinfo=timezone.utc)`,
      `${listName} = ${JSON.stringify(dags, null, 4)}`
    ].join("\n")
    return [{ path: `tetra_${context.project.replaceAll("-", "_")}.py`, text: `${text}\n${body}` }]
  },
  read: (files) => {
    const found = new Map<string, ReadSchedule>()
    for (const { path, text } of files) {
      const list = new RegExp(`^${listName} = (\\[[\\s\\S]*?^\\]|\\[\\])$`, "mu").exec(text)?.[1]
      if (list === undefined) throw new NotReadBack(`${path} has no ${listName}`)
      for (const { command, cron, timezone } of JSON.parse(list) as ReadonlyArray<Dag>) {
        const [id] = idsOf(unquoted(command))
        const parsed = parseCron(cron)
        if (id === undefined || Result.isFailure(parsed)) throw new NotReadBack(`${path}: a DAG does not run a schedule: ${cron}`)
        const rule = { text: cron, cron: parsed.success, zone: timezone }
        found.set(id, { id, rules: [...(found.get(id)?.rules ?? []), rule], instants: [] })
      }
    }
    return [...found.values()]
  }
}

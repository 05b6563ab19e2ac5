/** What alert conditions may speak about. */

/** `double` and `int` are CEL's: a count is an `int`, everything measured a `double`. */
export type VariableType = "string" | "bool" | "double" | "int" | "labels" | "instant"
/** What a rule is evaluated for once each: every pipeline, every run under way or last ended, or the system as a whole. */
export type Scope = "pipeline" | "run" | "system"

interface Variable {
  readonly type: VariableType
  /** `any`: means the same in every scope. */
  readonly scope: Scope | "any"
  /** Changes by time alone: the rule is looked at between events, too. */
  readonly timeDriven?: true
}
const text = { type: "string", scope: "pipeline" } as const
const flag = { type: "bool", scope: "pipeline" } as const
const measure = { type: "double", scope: "pipeline" } as const
const count = { type: "int", scope: "pipeline" } as const
const clocked = { ...measure, timeDriven: true } as const
const system = { type: "double", scope: "system", timeDriven: true } as const
const systemCount = { type: "int", scope: "system", timeDriven: true } as const

/** By name; `conditionVariables` of the core has the same names. A value that is not known is left out, never 0 or empty. */
export const variables = {
  pipeline: text,
  environment: { type: "string", scope: "any" },
  mode: { type: "string", scope: "run" },
  trigger: { type: "string", scope: "run" },
  run_id: { type: "string", scope: "run" },
  /** Of the last ended run, or `never_run`: a new attempt does not resolve a failure before it has succeeded. */
  pipeline_status: text,
  pipeline_running: flag,
  degraded: flag,
  paused: flag,
  in_session: { ...flag, timeDriven: true },
  data_age_hours: clocked,
  max_data_age_hours: measure,
  data_freshness: { ...text, timeDriven: true },
  error_rate: measure,
  coverage: measure,
  attempt_error_rate: measure,
  duration_minutes: clocked,
  last_duration_minutes: measure,
  duration_ratio: clocked,
  hours_since_success: clocked,
  queue_wait_minutes: clocked,
  upstream_wait_minutes: clocked,
  consecutive_failures: count,
  missed_ticks: { ...count, timeDriven: true },
  records_processed: count,
  records_ratio: measure,
  labels: { type: "labels", scope: "any" },
  now: { type: "instant", scope: "any", timeDriven: true },
  disk_free_ratio: system,
  memory_used_ratio: system,
  loop_lag_ms: system,
  db_latency_ms: system,
  outbox_oldest_seconds: system,
  clock_jump_seconds: system,
  queue_depth: systemCount,
  dead_deliveries: systemCount
} as const satisfies Readonly<Record<string, Variable>>
export type VariableName = keyof typeof variables

interface TypeOf {
  readonly string: string
  readonly bool: boolean
  readonly double: number
  readonly int: number
  readonly labels: Readonly<Record<string, string>>
  /** Epoch milliseconds. */
  readonly instant: number
}
/** What is known of a subject at an instant. Absent means unknown. */
export type Values = { readonly [N in VariableName]?: TypeOf[(typeof variables)[N]["type"]] | undefined }

export const variableNames = Object.keys(variables) as ReadonlyArray<VariableName>
export const isVariable = (name: string): name is VariableName => name in variables
export const variableOf = (name: VariableName): Variable => variables[name]

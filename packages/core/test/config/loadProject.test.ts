import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Result } from "effect"
import { loadProject, type LoadOptions, planRun, redactedConfig } from "@tetra/core/engine"
import { folderOf, fromTable, load } from "./projects.ts"

const documented = readFileSync(join(import.meta.dirname, "documented.yaml"), "utf8")
const problems = (yaml: string, options: Partial<LoadOptions> = {}, files: Readonly<Record<string, string>> = {}) =>
  Effect.map(Effect.result(load(yaml, options, files)), (r) =>
    (Result.isFailure(r) ? r.failure.diagnostics : r.success.warnings).map(
      ({ hint, level, message, path, where }) => `${level} ${where}${path === undefined ? "" : ` ${path}`}: ${message} -> ${hint}`
    )
  )

describe("the documented configuration", () => {
  it.effect("is valid as it stands: a variable that is not set, `sms` and the channel of a webhook are warnings", () =>
    Effect.gen(function* () {
      const found = yield* problems(documented)
      assert.deepStrictEqual(found, [
        'warning tetra.yaml:66:36 recovery_procedures.assessment_pipeline.failure_actions.0.notify.2: the channel "sms" is not configured: what is sent to it is dropped -> configure alerting.channels.sms, or take the name out',
        'warning tetra.yaml:73:42 alerting.channels.slack.webhook_url: the channel "slack" is enabled, but SLACK_WEBHOOK_URL is not set: what is sent to it is dropped -> set SLACK_WEBHOOK_URL in the environment or in .env, or enabled: false',
        "warning tetra.yaml:73:75 alerting.channels.slack.channel: Slack posts into the channel that a webhook was made for: `channel` changes nothing -> leave it out, and make a webhook for the channel that you want"
      ])
    })
  )
  it.effect("gives the policies, modes and order that it says", () =>
    Effect.gen(function* () {
      const project = yield* load(documented)
      const { plan } = yield* planRun(project, { mode: "weekly", params: {} }, { cpu: 64, memoryMB: 262_144 })
      assert.deepStrictEqual(
        plan.pipelines.map((p) => [p.name, p.after, p.parallelism]),
        [
          ["data_pipeline", [], 4],
          ["scenarios_pipeline", ["data_pipeline"], 8],
          ["metrics_pipeline", ["scenarios_pipeline", "data_pipeline"], 16],
          ["assessment_pipeline", ["metrics_pipeline", "scenarios_pipeline"], 16]
        ]
      )
      assert.deepStrictEqual(
        plan.stages.map((s) => [s.policy.retry.maxAttempts, s.policy.onFailure, s.minCoverage]),
        [
          [4, { fallback: "use_cached_data", maxAgeMs: 72 * 3_600_000, together: "assets" }, 1],
          [3, { fallback: "use_previous_scenarios", maxAgeMs: 14 * 86_400_000, together: "set" }, 1],
          [4, "fail", 0.5],
          [2, "fail", 1]
        ]
      )
      assert.strictEqual(plan.stages[0].policy.retry.initialDelayMs, 60_000)
    })
  )
})

describe("an asset that nobody provides", () => {
  it.effect("is refused, and told as a warning to whoever gives it in another way", () =>
    Effect.gen(function* () {
      const yaml = "version: 1\nproject: x\nplugins: ['@tetra/plugin-scenarios']\n"
      const said = ': requires the asset "market_data", which no listed pipeline provides -> list the plugin that provides it'
      assert.deepStrictEqual(yield* problems(yaml), [`error scenarios_pipeline.all${said}`])
      assert.deepStrictEqual(yield* problems(yaml, { lacking: "told" }), [`warning scenarios_pipeline.all${said}`])
    })
  )
})

describe("mistakes of several kinds", () => {
  it.effect("are told together: form, names, types, dependencies and schedules", () =>
    Effect.gen(function* () {
      const found = yield* problems(`version: 2
projct: x
plugins: ["@tetra/plugin-data", "@tetra/plugin-scenarioz"]
pipeline_dependencies:
  data_pipeline: { depends_on: [scenarios_pipeline], schedule: "99 * * * *" }
  scenarios_pipeline: { depends_on: [data_pipeline], requires: [market_dta] }
`)
      const expected = [
        /:1:10 version: expected 1/,
        /:2:1 projct: .*did you mean "project"/,
        /:3:33: the plugin "@tetra\/plugin-scenarioz"/,
        /wait for each other/,
        /the minute field "99" is wrong/,
        /nobody provides "market_dta" -> did you mean "market_data"/
      ]
      for (const what of expected)
        assert.strictEqual(found.filter((line) => what.test(line)).length, 1, `${what} in\n${found.join("\n")}`)
      assert.strictEqual(found.length, expected.length, found.join("\n"))
    })
  )
})

describe("wrong configurations", () => {
  // [what, YAML, the whole diagnostic]
  const cases: ReadonlyArray<readonly [string, string, ReadonlyArray<string>]> = [
    [
      "YAML syntax",
      'project: "a\nversion: 1\n',
      ['error tetra.yaml:1:12: YAML: missing closing "quote -> check the indentation and the quotes around this place']
    ],
    [
      "of lines that one mistake breaks the mistake alone, in each section of the file",
      `projct: x
pipelines:
  data_pipeline
    config: { symbols: [SPY, QQQ] }
  other: { config: {} }
modes:
  mine: { data_pipeline: { symbols: [SPY }
  other: { data_pipeline: {} }
timezone:utc # of schedules
`,
      [
        'error tetra.yaml:3:3: YAML: implicit keys need to be on a single line -> put a colon after it: "data_pipeline:"',
        "error tetra.yaml:7:42: YAML: flow sequence in block collection must be sufficiently indented and end with a ] -> close it with ] before this place",
        'error tetra.yaml:9:1: YAML: implicit map keys need to be followed by map values -> put a space after the colon: "timezone: "'
      ]
    ],
    [
      "a text that is read as an alias",
      "project: *demo\n",
      ['error tetra.yaml:1:10 project: there is no anchor "demo" -> put a text that begins with * in quotes']
    ],
    ["a key twice", "project: a\nproject: b\n", ["error tetra.yaml:2:1: YAML: map keys must be unique -> keep one of the two"]],
    [
      "an unknown section",
      "projekt: a\n",
      ['error tetra.yaml:1:1 projekt: "projekt" is not known here -> did you mean "project"?']
    ],
    [
      "an unknown key, deep inside",
      "retry:\n  max_retires: 3\n",
      ['error tetra.yaml:2:3 retry.max_retires: "max_retires" is not known here -> did you mean "max_retries"?']
    ],
    [
      "a wrong type",
      "retry: { max_retries: three }\n",
      ["error tetra.yaml:1:23 retry.max_retries: expected number -> see config/tetra.schema.json, or tetra config schema"]
    ],
    [
      "a memory size",
      'resource_management: { memory: { data_pipeline: "8 potatoes" } }\n',
      [
        'error tetra.yaml:1:49 resource_management.memory.data_pipeline: expected a memory size such as "512MB" or "8GB" -> see config/tetra.schema.json, or tetra config schema'
      ]
    ],
    [
      "a misspelt word of several, in the file's own keys and in a pipeline's parameters",
      'plugins: ["@tetra/plugin-data"]\npipelines:\n  data_pipeline:\n    config: { mode: dayly }\n    schedule_options: { catch_up: lates }\n',
      [
        'error tetra.yaml:4:21 pipelines.data_pipeline.config.mode: expected "daily" | "backfill" -> did you mean "daily"?',
        'error tetra.yaml:5:35 pipelines.data_pipeline.schedule_options.catch_up: expected "none" | "latest" | "last" -> did you mean "latest"?'
      ]
    ],
    [
      "an unknown zone",
      'plugins: ["@tetra/plugin-data"]\ntimezone: America/New_Yorck\n',
      ['error tetra.yaml:2:11 timezone: there is no time zone "America/New_Yorck" -> did you mean "America/New_York"?']
    ],
    [
      "bad cron texts",
      'pipeline_dependencies:\n  data_pipeline:\n    schedule: ["0 25 * * *", "@every 5m", "0 0 31 2 *"]\n',
      [
        'error tetra.yaml:3:16 pipeline_dependencies.data_pipeline.schedule.0: "0 25 * * *": the hour field "25" is wrong: "25" is not between 0 and 23 -> for example "0 19 * * *": every day at 19:00',
        'error tetra.yaml:3:30 pipeline_dependencies.data_pipeline.schedule.1: "@every 5m": @every depends on when it was started -> write the times, such as "*/15 * * * *"',
        'error tetra.yaml:3:43 pipeline_dependencies.data_pipeline.schedule.2: "0 0 31 2 *" never happens -> no such day comes in the next 8 years: change the day or the month'
      ]
    ],
    [
      "a plugin that is not installed",
      'plugins: ["@tetra/plugin-dta"]\n',
      [
        'error tetra.yaml:1:11: the plugin "@tetra/plugin-dta" is not installed -> did you mean "@tetra/plugin-data"? Else install it: npm install @tetra/plugin-dta'
      ]
    ],
    [
      "an unknown pipeline",
      "pipeline_dependencies:\n  data_pipline: {}\n  data_pipeline: { depends_on: [nobody] }\n",
      [
        'error tetra.yaml:2:3 pipeline_dependencies.data_pipline: no plugin offers the pipeline "data_pipline" -> did you mean "data_pipeline"?',
        'error tetra.yaml:3:33 pipeline_dependencies.data_pipeline.depends_on.0: no plugin offers the pipeline "nobody" -> one of: data_pipeline'
      ]
    ],
    [
      "a cycle",
      "pipeline_dependencies:\n  data_pipeline: { depends_on: [scenarios_pipeline] }\n  scenarios_pipeline: { depends_on: [data_pipeline] }\n",
      [
        "error tetra.yaml:2:32 pipeline_dependencies.data_pipeline.depends_on: these pipelines wait for each other: data_pipeline -> scenarios_pipeline -> data_pipeline -> take one of the dependencies out"
      ]
    ],
    [
      "assets that nobody provides, or two",
      "pipeline_dependencies:\n  data_pipeline: { provides: [market_data, newz] }\n  scenarios_pipeline: { provides: [market_data], requires: [market_dada] }\n",
      [
        'error tetra.yaml:2:44 pipeline_dependencies.data_pipeline.provides.1: "data_pipeline" does not provide "newz" -> did you mean "news"?',
        'error tetra.yaml:3:36 pipeline_dependencies.scenarios_pipeline.provides.0: "market_data" has two producers: data_pipeline and scenarios_pipeline -> an asset has one producer: take it out of one of them',
        'error tetra.yaml:3:36 pipeline_dependencies.scenarios_pipeline.provides.0: "scenarios_pipeline" does not provide "market_data" -> it provides scenario_definitions, scenario_timeseries',
        'error tetra.yaml:3:61 pipeline_dependencies.scenarios_pipeline.requires.0: nobody provides "market_dada" -> did you mean "market_data"?'
      ]
    ],
    [
      "a requirement that no stage has",
      "pipeline_dependencies:\n  data_pipeline: {}\n  scenarios_pipeline: { requires: [news] }\n",
      [
        'warning tetra.yaml:3:36 pipeline_dependencies.scenarios_pipeline.requires.0: no stage of "scenarios_pipeline" reads "news" -> take it out; the order of the pipelines still follows it'
      ]
    ],
    [
      "parameters",
      "pipelines:\n  data_pipeline:\n    config: { dayz: 3, days: soon }\n",
      [
        'error tetra.yaml:3:15 pipelines.data_pipeline.config.dayz: data_pipeline has no parameter "dayz" -> did you mean "days"? options of data_pipeline: --mode, --days, --provider, --symbols, --type, --scenario, --strategies, --api-key',
        "error tetra.yaml:3:30 pipelines.data_pipeline.config.days: expected number -> Days"
      ]
    ],
    [
      "modes",
      "plugins: ['@tetra/plugin-data']\nmodes:\n  mine:\n    data_pipeline: { mode: hourly }\n    metrics: {}\n",
      [
        'error tetra.yaml:4:28 modes.mine.data_pipeline.mode: expected "daily" | "backfill" -> How to load',
        'error tetra.yaml:5:5 modes.mine.metrics: no plugin offers the pipeline "metrics" -> one of: data_pipeline'
      ]
    ],
    [
      "channels, conditions and escalations",
      "alerting:\n  rules:\n    - { name: A, condition: \"pipeline_statuss = 'failed'\", severity: high, channels: [slck] }\n    - { name: A, condition: 'error_rate > 0.1 and degraded', severity: high, channels: [console], escalation: page }\n",
      [
        'error tetra.yaml:3:29 alerting.rules.0.condition: there is no variable "pipeline_statuss" -> did you mean "pipeline_status"?',
        'error tetra.yaml:3:87 alerting.rules.0.channels.0: there is no channel "slck" -> no channel is configured yet: configure alerting.channels.slack, or take console or desktop, which need nothing',
        'error tetra.yaml:4:15 alerting.rules.1.name: a second rule is called "A" -> name each differently',
        'error tetra.yaml:4:29 alerting.rules.1.condition: "and" at column 18 is no operator -> write "&&", "||" or "!"',
        'error tetra.yaml:4:111 alerting.rules.1.escalation: there is no escalation "page" -> did you mean "page_oncall"?'
      ]
    ],
    [
      "recovery",
      "recovery_procedures:\n  data_pipeline:\n    failure_actions: [{ retry_count: 1 }, { fallback: use_cache_data }, { retry_count: 2 }]\nplugins: ['@tetra/plugin-data']\n",
      [
        'error tetra.yaml:3:55 recovery_procedures.data_pipeline.failure_actions.1.fallback: there is no fallback "use_cache_data" -> did you mean "use_cached_data"?',
        'error tetra.yaml:3:75 recovery_procedures.data_pipeline.failure_actions.2.retry_count: "retry_count" stands twice, first as action 1 -> keep one of the two'
      ]
    ],
    [
      "triggers",
      "plugins: ['@tetra/plugin-data', '@tetra/plugin-scenarios']\npipelines:\n  scenarios_pipeline:\n    triggers:\n      - { id: fresh, kind: asset, assets: [market_dat, scenario_definitions] }\n      - { id: fresh, kind: webhook, secrets: [''], overlap: allow }\n      - { id: falls, kind: market, on: market_data, when: change_pc < -3.0 }\n",
      [
        'error tetra.yaml:5:44 pipelines.scenarios_pipeline.triggers.0.assets.0: no pipeline provides "market_dat" -> did you mean "market_data"?',
        'error tetra.yaml:5:56 pipelines.scenarios_pipeline.triggers.0.assets.1: "scenarios_pipeline" makes "scenario_definitions" itself: it would never come to rest -> name assets of other pipelines',
        'error tetra.yaml:6:15 pipelines.scenarios_pipeline.triggers.1.id: a second trigger is called "fresh" -> name each differently: its events are recorded by it',
        "warning tetra.yaml:6:47 pipelines.scenarios_pipeline.triggers.1.secrets.0: the secret is empty: nobody could sign with it -> set the variable that it is read from",
        "error tetra.yaml:6:61 pipelines.scenarios_pipeline.triggers.1.overlap: one run of a pipeline at a time is promised: allow needs a concurrency key -> set pipelines.scenarios_pipeline.concurrency: { policy: allow, key: PARAMETER }, or use queue_one, skip or replace",
        'error tetra.yaml:7:59 pipelines.scenarios_pipeline.triggers.2.when: there is no variable "change_pc" -> did you mean "change_pct"?'
      ]
    ],
    [
      "schedules that overlap",
      "timezone: UTC\npipeline_dependencies:\n  data_pipeline: { schedule: '0 19 * * *' }\n  scenarios_pipeline: { schedule: '30 19 * * *', frequency: weekly }\n",
      [
        'warning tetra.yaml:4:35 pipeline_dependencies.scenarios_pipeline.schedule: "30 19 * * *" is not weekly: 399 of 400 times do not fit (1970-01-02, 1970-01-03, 1970-01-04) -> change the frequency or the schedule',
        "warning tetra.yaml:4:35 pipeline_dependencies.scenarios_pipeline.schedule: overlaps with data_pipeline 400 times in 400 days, first on 1970-01-01 19:30 UTC: scenarios_pipeline will start about 30 min late -> start it 30 min later, or give data_pipeline an expected_duration in schedule_options"
      ]
    ],
    [
      "a dependent that is due before what it reads",
      "timezone: UTC\npipeline_dependencies:\n  data_pipeline: { schedule: '0 19 * * *' }\n  scenarios_pipeline: { schedule: '0 7 * * *' }\n",
      [
        'warning tetra.yaml:4:35 pipeline_dependencies.scenarios_pipeline.schedule: comes before data_pipeline on the same day: it reads what data_pipeline made the time before -> schedule it after data_pipeline ("0 19 * * *")'
      ]
    ],
    [
      "the store",
      "plugins: ['@tetra/plugin-data']\nstate: { url: 'mysql://root:hunter2@db' }\n",
      [
        'error tetra.yaml:2:15 state.url: expected "embedded" or an address that starts with postgres:// -> write url: embedded, or put the address into the environment: url: "${TETRA_DATABASE_URL}"'
      ]
    ],
    [
      "an overlay that does not hold now",
      "plugins: ['@tetra/plugin-data']\nenvironments:\n  production: { cache: { max_age: 3 } }\n",
      [
        'error tetra.yaml:3:26 environments.production.cache.max_age: "max_age" is not known here -> did you mean "max_age_hours"?'
      ]
    ]
  ]
  it.effect.each(cases)("names %s", ([, yaml, expected]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* problems(yaml), [...expected])
    })
  )
  it.effect("tells the file of a syntax error, unless another text was read", () =>
    Effect.gen(function* () {
      const codes = (options: Partial<LoadOptions>) =>
        Effect.map(Effect.flip(load("a: [\n", options)), ({ diagnostics }) => diagnostics.map(({ code }) => code?.line))
      assert.deepStrictEqual(yield* codes({}), [1])
      assert.deepStrictEqual(yield* codes({ text: "\nb: [\n" }), [undefined])
    })
  )
  it.effect("reports everything at once, in the order of the file", () =>
    Effect.gen(function* () {
      const found = yield* problems("projekt: a\nretry: { max_retries: no, jitter: 3 }\ncache: { max_size: big }\n")
      assert.deepStrictEqual(
        found.map((f) => f.split(" ")[1]),
        ["tetra.yaml:1:1", "tetra.yaml:2:23", "tetra.yaml:2:35", "tetra.yaml:3:20"]
      )
    })
  )
  it.effect("checks what stands beside a value that does not fit the schema, and counts list entries as the file does", () =>
    Effect.gen(function* () {
      const found = yield* problems(`plugins: ['@tetra/plugin-data', '@tetra/plugin-scenarios']
pipeline_dependencies:
  data_pipeline: { schedule: "0 99 * * *" }
alerting:
  channels: { email: { enabled: false } }
  rules:
    - { name: A, condition: "error_rate > 0.1", severity: hgh, channels: [emial] }
    - { name: 7, condition: "error_rate > 0.1", severity: high, channels: [console] }
    - { name: C, condition: "error_rat > 0.1", severity: high, channels: [slak] }
retry: { jitter: maybe }
`)
      assert.deepStrictEqual(
        found.map((f) => f.replace(/ -> see .*$/u, "").replace(/^error tetra.yaml:/u, "")),
        [
          '3:30 pipeline_dependencies.data_pipeline.schedule: "0 99 * * *": the hour field "99" is wrong: "99" is not between 0 and 23 -> for example "0 19 * * *": every day at 19:00',
          '7:59 alerting.rules.0.severity: expected "low" | "medium" | "high" | "critical" -> did you mean "high"?',
          '7:75 alerting.rules.0.channels.0: there is no channel "emial" -> did you mean "email"?',
          "8:15 alerting.rules.1.name: expected string",
          '9:29 alerting.rules.2.condition: there is no variable "error_rat" -> did you mean "error_rate"?',
          '9:75 alerting.rules.2.channels.0: there is no channel "slak" -> one of: email, console, desktop; for slack, configure alerting.channels.slack first',
          "10:18 retry.jitter: expected boolean"
        ]
      )
    })
  )
})

describe("finding the file", () => {
  it.effect("takes --config, then TETRA_CONFIG, then config/orchestration.yaml before tetra.yaml, upwards", () =>
    Effect.gen(function* () {
      const yaml = (name: string) => `project: ${name}\nplugins: ['@tetra/plugin-data']\n`
      const root = yield* folderOf({
        "a.yaml": yaml("a"),
        "b.yaml": yaml("b"),
        "config/orchestration.yaml": yaml("c"),
        "tetra.yaml": yaml("d"),
        "deep/er/x.txt": ""
      })
      const name = (options: Partial<LoadOptions>) =>
        Effect.map(loadProject({ cwd: root, env: {}, importModule: fromTable, ...options }), (p) => [p.config.project, p.root])
      assert.deepStrictEqual(yield* name({ configPath: "a.yaml", env: { TETRA_CONFIG: "b.yaml" } }), ["a", root])
      assert.deepStrictEqual(yield* name({ env: { TETRA_CONFIG: "b.yaml" } }), ["b", root])
      assert.deepStrictEqual(yield* name({ cwd: join(root, "deep/er") }), ["c", root])
    })
  )
  it.effect("says what to do when there is none", () =>
    Effect.gen(function* () {
      const cwd = yield* folderOf({})
      const missing = yield* Effect.flip(loadProject({ cwd, env: {} }))
      assert.include(missing.message, "there is no project here: no config/orchestration.yaml or tetra.yaml")
      assert.include(missing.message, "`tetra init`")
      assert.include(
        (yield* Effect.flip(loadProject({ cwd, env: {}, configPath: "x.yaml" }))).message,
        "x.yaml: there is no such file (--config)"
      )
    })
  )
  it.effect("keeps its data in TETRA_HOME, else in .tetra beside the configuration", () =>
    Effect.gen(function* () {
      const project = yield* load("plugins: ['@tetra/plugin-data']")
      assert.strictEqual(project.home, join(project.root, ".tetra"))
      assert.strictEqual((yield* load("plugins: ['@tetra/plugin-data']", { env: { TETRA_HOME: "/data" } })).home, "/data")
    })
  )
})

describe("variables", () => {
  const yaml = (text: string) => `plugins: ['@tetra/plugin-data']\n${text}`
  it.effect("come from the environment before .env, with defaults, typed by their place in the schema", () =>
    Effect.gen(function* () {
      const project = yield* load(
        yaml("project: '${NAME}-${ZONE:-utc}'\nretry: { max_retries: '3', initial_delay: 5 }\n")
          .replace("'3'", "${TRIES}")
          .replace("{ max", "\n  max")
          .replace(", initial_delay: 5 }", ""),
        { env: { NAME: "env" } },
        { ".env": "# shared\nexport NAME=file\nTRIES=4 # in all\n" }
      )
      assert.strictEqual(project.config.project, "env-utc")
      assert.strictEqual(project.config.retry?.max_retries, 4)
    })
  )
  it.effect("`:?` is an error where it stands, one without a value a warning", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* problems(yaml("project: a${NOBODY}\ntimezone: ${ZONE:?say where you are}\n")), [
        "warning tetra.yaml:2:10 project: NOBODY is not set and counts as empty -> set it in the environment or in .env, or write ${NOBODY:-default}",
        "error tetra.yaml:3:11 timezone: ZONE is not set: say where you are -> set it in the environment or in .env beside the project"
      ])
    })
  )
  it.effect("are named where a value that they gave is refused", () =>
    Effect.gen(function* () {
      const text = yaml(`pipelines:
  data_pipeline:
    config: { mode: "\${MODE}" }
retry:
  max_retries: \${TRIES}
alerting:
  rules:
    - { name: A, condition: "\${WHEN}", severity: high, channels: [console] }
`)
      assert.deepStrictEqual(yield* problems(text, { env: { TRIES: "many" } }), [
        'error tetra.yaml:4:21 pipelines.data_pipeline.config.mode: MODE is not set: expected "daily" | "backfill" -> set it in the environment or in .env, or write ${MODE:-default}',
        "error tetra.yaml:6:16 retry.max_retries: expected number (from ${TRIES}) -> see config/tetra.schema.json, or tetra config schema",
        "error tetra.yaml:9:29 alerting.rules.0.condition: WHEN is not set: must not be empty -> set it in the environment or in .env, or write ${WHEN:-default}"
      ])
      const overlay = yaml('environments:\n  staging: { timezone: "${ZONE}" }\n')
      assert.deepStrictEqual(yield* problems(overlay, { environment: "staging" }), [
        "error tetra.yaml:3:24 timezone: ZONE is not set: must not be empty -> set it in the environment or in .env, or write ${ZONE:-default}"
      ])
    })
  )
  it.effect("that are secret never show: not in the configuration, an error or the plan", () =>
    Effect.gen(function* () {
      const text = yaml(
        'pipelines:\n  data_pipeline:\n    config: { api_key: "${KEY}", provider: "${KEY}" }\nalerting:\n  channels:\n    slack: { webhook_url: "https://hooks.example.com/${KEY}" }\nstate: { url: "postgres://u:${KEY}@db" }\n'
      )
      const project = yield* load(text, { env: { KEY: "s3cr3tvalue" } })
      assert.strictEqual(Redacted.value(project.config.state!.url!), "postgres://u:s3cr3tvalue@db")
      const shown = JSON.stringify(redactedConfig(project))
      assert.notInclude(shown, "s3cr3tvalue")
      assert.include(shown, '"api_key":"<redacted>"')
      const { plan } = yield* planRun(project, { params: {} })
      assert.notInclude(JSON.stringify(plan), "s3cr3tvalue")
      const wrong = yield* problems(text.replace("postgres:", "mysql:").replace("slack: {", 'slack: { webhook_uri: "${KEY}",'), {
        env: { KEY: "s3cr3tvalue" }
      })
      assert.isAbove(wrong.length, 0)
      assert.notInclude(wrong.join("\n"), "s3cr3tvalue")
      // A changed secret is the same configuration.
      assert.strictEqual((yield* load(text, { env: { KEY: "another" } })).configVersion, project.configVersion)
    })
  )
})

describe("environments", () => {
  const yaml =
    "plugins: ['@tetra/plugin-data']\nretry: { max_retries: 3, initial_delay: 60 }\nenvironments:\n  production: { retry: { max_retries: 5 }, timezone: '${PROD_ZONE:?needed}' }\n"
  it.effect("lay over by key, and only then read their variables", () =>
    Effect.gen(function* () {
      const plain = yield* load(yaml)
      const production = yield* load(yaml, { environment: "production", env: { PROD_ZONE: "UTC" } })
      assert.deepStrictEqual([plain.config.retry, plain.environment], [{ max_retries: 3, initial_delay: 60 }, undefined])
      assert.deepStrictEqual(
        [production.config.retry, production.environment],
        [{ max_retries: 5, initial_delay: 60 }, "production"]
      )
      assert.notStrictEqual(plain.configVersion, production.configVersion)
      assert.match(plain.configVersion, /^[0-9a-f]{12}$/)
    })
  )
  it.effect("give their variables the type of their place, too", () =>
    Effect.gen(function* () {
      const tries = yaml
        .replace("max_retries: 5 }", "max_retries: ${TRIES} }")
        .replace(
          "{ retry: { max_retries: ${TRIES} }, timezone: '${PROD_ZONE:?needed}' }",
          "\n    retry:\n      max_retries: ${TRIES}"
        )
      const project = yield* load(tries, { environment: "production", env: { TRIES: "7" } })
      assert.strictEqual(project.config.retry?.max_retries, 7)
    })
  )
  it.effect("locate what is wrong in the overlay, and name environments that are not there", () =>
    Effect.gen(function* () {
      assert.include(
        (yield* problems(yaml.replace("PROD_ZONE:?needed", "PROD_ZONE:-Mars"), { environment: "production" }))[0],
        'error tetra.yaml:4:54 timezone: there is no time zone "Mars"'
      )
      assert.deepStrictEqual(yield* problems(yaml, { env: { TETRA_ENV: "prodction" } }), [
        'error tetra.yaml:4:3 environments: there is no environment "prodction" -> did you mean "production"?'
      ])
    })
  )
})

/** Commands about the server, the present state and what happens by itself. */
import { choice, type Described, json, option, whole } from "./words.ts"
import { displayOptions } from "./runOptions.ts"

export const serving = (): Readonly<Record<string, Described>> => ({
  start: {
    summary: "a server in the background: it runs what is asked for over its socket, dashboards attach to it",
    options: [
      option("--foreground", "stay in this terminal, for service managers"),
      option("--http <address>", "listen there, too: a port of this machine, or an address with its port"),
      option("--timeout <seconds>", "how long running work may go on when it is stopped", whole(0)).default(25)
    ],
    examples: ["tetra start", "tetra start --foreground --http 4700"]
  },
  stop: {
    summary: "stop the server; what runs may finish, the rest goes on at the next start",
    options: [
      option("--now", "without waiting for what runs"),
      option(
        "--timeout <seconds>",
        "how long running work may go on; as the server was started with when it is left away",
        whole(0)
      )
    ],
    examples: ["tetra stop", "tetra stop --now", "tetra stop --timeout 3600"]
  },
  ui: {
    summary: "the dashboard: on the server when there is one, else on recorded runs",
    options: [
      option("--attach <url>", "on the server at this address (http://127.0.0.1:4700), with the token in TETRA_API_TOKEN"),
      option("--standalone", "on recorded runs, even when a server is there"),
      option("--replay <run>", "show this recorded run: id, its beginning, or latest"),
      option("-m, --mode <name>", "what `r` runs; the mode of the shown run when it is left away"),
      ...displayOptions()
    ],
    examples: ["tetra ui", "tetra ui --replay latest", "tetra ui --attach http://127.0.0.1:4700"]
  },
  dev: {
    summary: "the dashboard while you write: what you save of the configuration and local plugins is in force at once",
    options: [
      option("--run <mode>", "run this mode, and after each save what it reaches"),
      choice("--output <how>", "a screen, or a line for each reload", ["auto", "tui", "plain"], "auto"),
      ...displayOptions()
    ],
    examples: ["tetra dev", "tetra dev --run daily", "tetra dev --output plain"]
  },
  status: {
    summary: "what every pipeline did last, and what is running",
    options: [json()],
    examples: ["tetra status", "tetra status --json"]
  },
  health: {
    summary: "are pipelines and system well? The exit code says it: 0 healthy, 3 degraded, 1 unhealthy, 4 unknown",
    options: [json(), option("--watch", "look again every five seconds, until Ctrl-C")],
    examples: ["tetra health", "tetra health --json | jq .reasons", "tetra health --quiet || echo look at it"]
  },
  graph: {
    summary: "the dependency graph: pipelines, stages and assets",
    options: [choice("--format <format>", "how to draw it", ["tree", "mermaid", "dot", "json"], "tree")],
    examples: ["tetra graph", "tetra graph --format dot | dot -Tsvg > graph.svg"]
  },
  schedule: {
    summary: "schedules and their next times; simulate a year; pause, resume or trigger one",
    arguments: [
      ["[action]", "simulate, pause, resume or trigger; without it the next times are listed"],
      ["[what]", "simulate: the year; else the schedule, or its pipeline"]
    ],
    options: [
      option("--next <n>", "how many times to list per pipeline", whole(1)).default(3),
      choice("--format <format>", "of simulate", ["table", "json", "csv"]),
      option("--durations", "with simulate: play the year with the time that runs take, and tell what waits and starts late"),
      option("--reason <text>", "recorded with a pause or a run by hand"),
      option("--accept-clock", "with resume: schedules are held because of the clock, and it is right now"),
      json()
    ],
    examples: ["tetra schedule", "tetra schedule simulate 2027 --format csv", "tetra schedule pause data_pipeline"]
  },
  alerts: {
    summary: "open alerts and rules; take one in hand, silence some, try a channel or the rules",
    arguments: [
      ["[action]", "list, show, ack, silence, unsilence, test or backtest; without it the open alerts are listed"],
      ["[what...]", "show, ack: the alert; silence: label=value ...; unsilence: the silence; test: the channel"]
    ],
    options: [
      option("--for <duration>", "with ack: in hand for so long (24h); with silence: silent for so long (2h)"),
      option("--reason <text>", "recorded with an acknowledgement or a silence"),
      option("--dry-run", "with test: show the message, send nothing"),
      option("--since <duration>", "with backtest: so far back (90d)"),
      option("--rules <file>", "with backtest: other rules, as under alerting"),
      json()
    ],
    examples: [
      "tetra alerts",
      "tetra alerts ack 4f1d2c",
      "tetra alerts silence pipeline=data_pipeline --for 2h --reason 'moving the database'",
      "tetra alerts test slack --dry-run",
      "tetra alerts backtest --since 30d"
    ]
  },
  deploy: {
    summary: "hand schedules, or the daemon, over to what starts programs on a machine or in a cluster",
    arguments: [["<target>", "launchd, systemd, cron, kubernetes, docker, airflow or prefect"]],
    options: [
      option("--out <dir>", "write the files there (default: deploy/TARGET in the project)"),
      choice("--style <style>", "who fires: the target (schedules, or cronjob), or a daemon that the target keeps alive", [
        "schedules",
        "cronjob",
        "daemon"
      ]),
      option("--zone <zone>", "zone of the machine that fires (default: of this one)"),
      option(
        "--install",
        "let the target fire the schedules from now on; launchd, systemd and cron are installed on this machine"
      ),
      option("--list", "what is installed for this project"),
      option("--remove", "take away what is installed for this project, and let the daemon fire its schedules again"),
      option("--check", "read the files that are there, and compare their times with the schedules"),
      option("--dry-run", "print files and commands, change nothing"),
      json()
    ],
    examples: [
      "tetra deploy systemd --dry-run",
      "tetra deploy systemd --install",
      "tetra deploy kubernetes --style cronjob --out k8s",
      "tetra deploy airflow --out ~/airflow/dags",
      "tetra deploy launchd --remove"
    ]
  }
})

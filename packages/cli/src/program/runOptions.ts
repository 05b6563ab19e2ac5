/** The options of `tetra run`, and those about how a run is shown. */
import { Option } from "commander"
import { assignment, choice, isoDate, option, repeated, whole } from "./words.ts"

const themeNames = ["default", "high-contrast", "deuteranopia", "tritanopia", "monochrome"]
/** How a run is shown on a terminal. */
export const displayOptions = (): ReadonlyArray<Option> => [
  choice("--theme <name>", "colours", themeNames),
  choice("--color <when>", "beats the configuration, NO_COLOR and FORCE_COLOR", ["auto", "always", "never"]),
  option("--ascii", "signs and lines from ASCII alone"),
  option("--mouse", "wheel and clicks on the dashboard; shift-drag still selects text"),
  option("--reduced-motion", "nothing spins"),
  option("--slow-link", "half as many frames, for a terminal behind a slow line"),
  option("--screen-reader", "sentences line by line instead of a screen; s tells how far it is"),
  option("--read-only", "the dashboard only looks: nothing can be started or stopped from it"),
  option("--keep-screen", "print the last picture when the dashboard closes"),
  new Option("--exit-on-finish [when]", "leave the dashboard when the run is over; ok: only when it is completed").choices([
    "any",
    "ok"
  ]),
  option("--why-mode", "say why the run is shown as a dashboard, as lines or as JSON")
]
/** Names of the flags above: they say how a run is shown, and are no part of what it is. */
export const displayFlags: ReadonlyArray<string> = displayOptions().map((one) => one.name())
/** Of the display flags, those that are followed by a word. */
export const valuedFlags: ReadonlyArray<string> = displayOptions().flatMap((one) => (one.required ? [one.name()] : []))

export const runOptions = (): ReadonlyArray<Option> => [
  option("-m, --mode <name>", "a named set of pipelines and parameters: daily, weekly, full, backfill, or your own"),
  option("-p, --pipeline <name>", "run this pipeline; may be repeated", repeated),
  option("--dry-run", "print the plan with reasons and estimates, run nothing"),
  option("--force", "compute everything again: ignore dependencies, freshness and cache"),
  option("--param <name=value>", "set a parameter; `pipeline.name=value` addresses one pipeline; may be repeated", assignment),
  option("--start-date <date>", "first day of the data (2026-01-31)", isoDate),
  option("--end-date <date>", "last day of the data", isoDate),
  option("--days <n>", "the last n days instead of dates", whole(1)),
  option("--seed <n>", "seed of everything random", whole(0)),
  option("--priority <n>", "start before (10) or after (-10) other runs that wait for resources; -100 to 100", whole(-100, 100)),
  option("--resume <run>", "continue a failed or killed run from its checkpoints (id, its beginning, or latest)"),
  choice("--if-running <what>", "while another run has a pipeline: skip (exit 4), queue (wait for it) or replace (cancel it)", [
    "skip",
    "queue",
    "replace"
  ]),
  option("--command-id <id>", "the same id gives the same run, however often it is asked for: who comes second follows it"),
  choice("--output <how>", "how to follow the run", ["auto", "tui", "plain", "json"], "auto"),
  option("--schedule <id>", "run what is due of this schedule, else nothing: for other schedulers; may be repeated", repeated),
  option("--scheduled-by <driver>", "with --schedule: who calls (launchd, systemd, cron, kubernetes, airflow, prefect)"),
  option("--take-over", "with --schedule: from now on the caller fires it"),
  option("--trigger-key <key>", "with --schedule: the same key gives the same answer, however often it is asked"),
  option(
    "--affected <commit>",
    "of what was asked for, only what a change since that commit touches, and what reads from it (git)"
  ),
  option("--junit <file>", "write how the run went as a JUnit report, for CI systems"),
  option(
    "--promote <version>",
    "with one --pipeline: put this version of it in force, as `tetra pipeline promote` does; runs nothing"
  ),
  option("--yes", "with --promote: do it, instead of showing what would be done"),
  option("--reason <text>", "with --promote: recorded with it"),
  option("--partial-ok", "end with 0 instead of 3 when something was left out"),
  option(
    "--attach [url]",
    "only in the server of this project, which runs it anyway when there is one, or in the one at this address"
  ),
  option("--detach", "leave the run to the server as soon as it has begun: Ctrl-C would stop it"),
  option("--standalone", "in this process, even when a server owns the store"),
  ...displayOptions()
]

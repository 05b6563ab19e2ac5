/** systemd: a timer and a service per schedule, or one service that keeps the daemon. */
import { headerLines } from "../header.ts"
import { calendarTexts, instantLine, readCalendarText } from "../calendarText.ts"
import { ruleOf } from "../express.ts"
import { daemonWords, gateWords, idsOf, type Job, unquoted, type Writer } from "../jobs.ts"
import { type DeployContext, type DeployFile, NotReadBack, type ReadRule } from "../Target.ts"

type Section = readonly [string, ReadonlyArray<readonly [string, string]>]
const unitText = (header: ReadonlyArray<string>, sections: ReadonlyArray<Section>): string =>
  [
    ...header.map((line) => `# ${line}`),
    ...sections.flatMap(([name, entries]) => ["", `[${name}]`, ...entries.map(([key, value]) => `${key}=${value}`)])
  ].join("\n") + "\n"

/** Words as systemd splits them: a percent sign and a dollar sign mean something to it. */
const argument = (word: string): string => {
  const plain = word.replaceAll("%", "%%").replaceAll("$", "$$$$")
  return /^[\w@%+=:,./$-]+$/u.test(plain) ? plain : `"${plain.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`
}
const commandLine = (words: ReadonlyArray<string>): string => words.map(argument).join(" ")
const unescaped = (line: string): ReadonlyArray<string> =>
  unquoted(
    line
      .replaceAll("%%", "%")
      .replaceAll("$$", "$")
      .replaceAll(/"((?:\\.|[^"\\])*)"/gu, (_, inside: string) => `'${inside.replaceAll(/\\(.)/gu, "$1")}'`)
  )

/** Nothing but the project and its data can be written; no privilege is kept or gained. */
const confined = ({ home, root }: DeployContext, isSystemWide: boolean): ReadonlyArray<readonly [string, string]> => [
  ["UMask", "0077"],
  ["NoNewPrivileges", "yes"],
  ["ProtectSystem", "strict"],
  ["ReadWritePaths", commandLine([`-${home}`, root])],
  ["RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6"],
  ["RestrictSUIDSGID", "yes"],
  ["LockPersonality", "yes"],
  ["RestrictRealtime", "yes"],
  ["SystemCallArchitectures", "native"],
  // A user's own manager may not take capabilities away or make devices anew.
  ...(isSystemWide
    ? ([
        ["CapabilityBoundingSet", ""],
        ["AmbientCapabilities", ""],
        ["PrivateDevices", "yes"],
        ["PrivateTmp", "yes"],
        ["ProtectKernelTunables", "yes"],
        ["ProtectKernelModules", "yes"],
        ["ProtectKernelLogs", "yes"],
        ["ProtectControlGroups", "yes"],
        ["ProtectClock", "yes"],
        ["ProtectHostname", "yes"],
        ["RestrictNamespaces", "yes"]
      ] as const)
    : [])
]
const where = ({ home, root }: DeployContext): ReadonlyArray<readonly [string, string]> => [
  ["WorkingDirectory", root.replaceAll("%", "%%")],
  ["Environment", argument(`TETRA_HOME=${home}`)]
]
const target = (isSystemWide: boolean): string => (isSystemWide ? "multi-user.target" : "default.target")

const unitOf = (context: DeployContext, name: string): string => `tetra-${context.project}-${name}`
const timer = (context: DeployContext, { expressed, name, spec }: Job, header: ReadonlyArray<string>): DeployFile => {
  const calendars = expressed.rules.flatMap((rule) => {
    const { cron, zone } = ruleOf(rule)
    return calendarTexts(cron, zone)
  })
  const text = unitText(header, [
    ["Unit", [["Description", `Tetra: when ${spec.id} of ${context.project} is due`]]],
    [
      "Timer",
      [
        ...[...calendars, ...expressed.instants.map(instantLine)].map((value) => ["OnCalendar", value] as const),
        ["Persistent", spec.catchUp._tag === "None" ? "false" : "true"],
        ["AccuracySec", "1s"],
        ["RandomizedDelaySec", `${Math.round(spec.jitterMs / 1000)}s`],
        ["Unit", `${unitOf(context, name)}.service`]
      ]
    ],
    ["Install", [["WantedBy", "timers.target"]]]
  ])
  return { path: `${unitOf(context, name)}.timer`, text }
}
const oneshot = (context: DeployContext, { name, spec }: Job, header: ReadonlyArray<string>): DeployFile => ({
  path: `${unitOf(context, name)}.service`,
  text: unitText(header, [
    ["Unit", [["Description", `Tetra: ${spec.id} of ${context.project}`]]],
    [
      "Service",
      [
        ["Type", "oneshot"],
        ["ExecStart", commandLine([...context.program, ...gateWords(context, "systemd", [spec.id])])],
        ...where(context),
        // Partial: finished and usable.
        ["SuccessExitStatus", "3"],
        ["TimeoutStartSec", "infinity"],
        ["TimeoutStopSec", `${context.drainSeconds + 15}s`],
        ["KillMode", "mixed"],
        ...confined(context, context.isSystemWide)
      ]
    ]
  ])
})
const service = (context: DeployContext): DeployFile => ({
  path: `tetra-${context.project}.service`,
  text: unitText(headerLines("systemd", context, []), [
    [
      "Unit",
      [
        ["Description", `Tetra: ${context.project}`],
        ["After", "network-online.target"],
        ["Wants", "network-online.target"],
        ["StartLimitBurst", "5"],
        ["StartLimitIntervalSec", "600"]
      ]
    ],
    [
      "Service",
      [
        ["Type", "exec"],
        ["ExecStart", commandLine([...context.program, ...daemonWords(context)])],
        ...where(context),
        ["Restart", "on-failure"],
        ["RestartSec", "5"],
        // Exit 2: the configuration is wrong, and starting again does not mend it.
        ["RestartPreventExitStatus", "2"],
        ["KillMode", "mixed"],
        ["TimeoutStopSec", `${context.drainSeconds + 15}s`],
        ["StateDirectory", "tetra"],
        ...confined(context, context.isSystemWide)
      ]
    ],
    ["Install", [["WantedBy", target(context.isSystemWide)]]]
  ])
})
/** All values of a key, by section. */
const valuesOf = (text: string, section: string, key: string): ReadonlyArray<string> => {
  let current = ""
  return text.split("\n").flatMap((line) => {
    const header = /^\[(.+)\]$/u.exec(line)
    if (header !== null) current = header[1]!
    const at = line.indexOf("=")
    return current === section && !line.startsWith("#") && line.slice(0, at) === key ? [line.slice(at + 1)] : []
  })
}
export const systemd: Writer = {
  write: (context, jobs, told) =>
    context.style === "daemon"
      ? [service(context)]
      : jobs.flatMap((job) => {
          const header = headerLines(
            "systemd",
            context,
            told.filter(({ id }) => id === job.spec.id)
          )
          return [timer(context, job, header), oneshot(context, job, header)]
        }),
  read: (files) =>
    files
      .filter(({ path }) => path.endsWith(".timer"))
      .map(({ path, text }) => {
        const [unit] = valuesOf(text, "Timer", "Unit")
        const started = files.find((file) => file.path === unit)
        const [id] = started === undefined ? [] : idsOf(unescaped(valuesOf(started.text, "Service", "ExecStart")[0] ?? ""))
        if (id === undefined) throw new NotReadBack(`${path} starts ${unit ?? "nothing"}, which runs no schedule`)
        const read = valuesOf(text, "Timer", "OnCalendar").map(readCalendarText)
        const rules = read.filter((one): one is ReadRule => typeof one !== "number")
        return { id, rules, instants: read.filter((one) => typeof one === "number") }
      })
}

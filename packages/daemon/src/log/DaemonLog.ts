/** The log of the daemon: one JSON object a line, in `logs/daemon.jsonl`. */
import { join } from "node:path"
import process from "node:process"
import { durationMs, memoryMB, type Project, secretsOfProject, worthHiding } from "@tetra/core/engine"
import { lineOf } from "./lineOf.ts"
import { RotatingFile, type Rotation } from "./RotatingFile.ts"
import type { LogTap } from "./LogTap.ts"
import { type Level, levels, type Say } from "./Say.ts"

type Settings = Pick<Project, "config" | "configFile" | "catalogue" | "environment" | "home" | "ownSecrets">
export interface DaemonLog {
  readonly say: Say
  /** As it is in force from now on: its level, its files, its secrets. */
  readonly follow: (project: Settings) => void
  /** From now on these texts are hidden, too: what is secret among the parameters of runs is known when they are planned. */
  readonly hide: (texts: ReadonlyArray<string>) => void
  /** Lines that could not be written. */
  readonly lost: () => number
  readonly close: () => void
}
export interface DaemonLogOptions {
  readonly project: Settings
  readonly instance: string
  /** Hears every line that is told, as a sentence without secrets: a terminal. */
  readonly aside?: ((line: string, level: Level) => void) | undefined
  /** Hears every line as it is written. */
  readonly tap?: LogTap
  readonly now?: () => number
}
export const daemonLogFile = (home: string): string => join(home, "logs", "daemon.jsonl")

/** Texts of runs that are remembered: beyond them the oldest are forgotten, for what runs now is what may be printed now. */
const mostHidden = 1_000
const dayMs = 86_400_000
const mebibyte = 1024 * 1024
/** By the block `logging` of a configuration. */
export const rotationOf = ({ logging = {} }: Project["config"]): Rotation => ({
  size: (memoryMB(logging.max_size ?? "10MB") ?? 10) * mebibyte,
  ageMs: durationMs(logging.max_age ?? "7d") ?? 7 * dayMs,
  files: logging.files ?? 5
})

export const openDaemonLog = ({ aside, instance, now = Date.now, project, tap }: DaemonLogOptions): DaemonLog => {
  const hidden = new Set<string>()
  const told = (settings: Settings) => ({
    rotation: rotationOf(settings.config),
    level: levels.indexOf(settings.config.logging?.level ?? "info"),
    secrets: worthHiding([...secretsOfProject(settings), ...hidden]),
    writer: { pid: process.pid, instance, environment: settings.environment }
  })
  let own = project
  let current = told(own)
  const file = new RotatingFile(daemonLogFile(project.home), () => current.rotation, now)
  const say: Say = (message, facts = {}) => {
    const level = facts.level ?? "info"
    if (levels.indexOf(level) < current.level) return
    const line = lineOf(new Date(now()), message, facts, current.writer, {
      secrets: current.secrets,
      stacks: current.level === 0
    })
    file.append(line)
    tap?.daemon(line)
    aside?.((JSON.parse(line) as { readonly msg: string }).msg, level)
  }
  const follow = (next: Settings): void => {
    own = next
    current = told(own)
  }
  const hide = (texts: ReadonlyArray<string>): void => {
    const hasMore = texts.some((text) => !hidden.has(text))
    for (const text of texts) {
      hidden.delete(text)
      hidden.add(text)
    }
    for (const oldest of [...hidden].slice(0, Math.max(0, hidden.size - mostHidden))) hidden.delete(oldest)
    if (hasMore) current = told(own)
  }
  return { say, follow, hide, lost: () => file.lost, close: () => file.close() }
}

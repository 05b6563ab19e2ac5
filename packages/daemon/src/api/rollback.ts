/** A configuration that is to be checked, or taken back. */
import { readFileSync } from "node:fs"
import process from "node:process"
import {
  type ConfigVersion,
  type Diagnostic,
  keepConfig,
  loadProject,
  type Project,
  replaceFile,
  restoreSecrets
} from "@tetra/core/engine"
import { Effect, Result } from "effect"
import { conditionProblem } from "../alerting/index.ts"
import { asProblem } from "../server/RunService.ts"
import { Conflict, Invalid } from "./problems.ts"

/** What is said about the configuration of the project as it is saved, or as if `text` were. Undefined for a project without a file. */
export const found = (project: Project, text: string | undefined): Effect.Effect<ReadonlyArray<Diagnostic>, Conflict> =>
  Effect.gen(function* () {
    const { configFile, environment, home, root } = project
    if (configFile === undefined) return yield* new Conflict({ detail: "this project has no configuration file", errors: [] })
    const loaded = yield* Effect.result(
      loadProject({
        cwd: root,
        configPath: configFile,
        env: process.env,
        home,
        checkCondition: conditionProblem,
        ...(environment === undefined ? {} : { environment }),
        ...(text === undefined ? {} : { text })
      })
    )
    return Result.isSuccess(loaded) ? loaded.success.warnings : loaded.failure.diagnostics
  })
export const validity = (all: ReadonlyArray<Diagnostic>) => ({
  valid: !all.some(({ level }) => level === "error"),
  problems: all.map(({ hint, level, message, path = "", where }) => ({ level, where, path, message, hint }))
})

/** Writes the file as it was in a version, keeping what stood there, and takes it. Refused when it does not work any more. */
export const rolledBack = <A, R>(project: Project, version: ConfigVersion, reload: Effect.Effect<A, never, R>) =>
  Effect.gen(function* () {
    const { configFile } = project
    if (configFile === undefined) return yield* new Conflict({ detail: "this project has no configuration file", errors: [] })
    const current = yield* asProblem(Effect.try({ try: () => readFileSync(configFile, "utf8"), catch: (error) => error }))
    const restored = restoreSecrets(version.text, current)
    if (!("text" in restored))
      return yield* new Invalid({
        detail: `version ${version.number} had secrets in the file itself, which are never kept: ${restored.missing.join(", ")}`,
        errors: []
      })
    if (restored.text === current) return { reload: yield* reload, backup: null }
    const errors = (yield* found(project, restored.text)).filter(({ level }) => level === "error")
    if (errors.length > 0)
      return yield* new Invalid({
        detail: `version ${version.number} does not work here any more: nothing was written`,
        errors: errors.map(({ hint, message, path, where }) => ({ path: path ?? where, detail: message, hint }))
      })
    yield* Effect.ignore(keepConfig(project))
    const backup = yield* asProblem(Effect.try({ try: () => replaceFile(configFile, restored.text), catch: (error) => error }))
    return { reload: yield* reload, backup }
  })

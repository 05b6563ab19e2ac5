import { readFileSync } from "node:fs"
import { homedir } from "node:os"
import { isAbsolute, join, relative, resolve } from "node:path"
import { Effect } from "effect"
import type { ResolvedConfig } from "../domain/ConfigFile.ts"
import type { Diagnostic } from "../domain/Diagnostic.ts"
import { type Project, ProjectInvalid } from "../planning/Project.ts"
import { configVersionOf } from "../planning/redactedConfig.ts"
import { type CheckCondition, checkCondition } from "./checkCondition.ts"
import { checkDocument, type CheckFrom, idleProblems } from "./checkDocument.ts"
import { dotEnv } from "./dotEnv.ts"
import { configNames, findConfig } from "./findConfig.ts"
import type { Environment } from "./interpolate.ts"
import { readDocument } from "./LocatedDocument.ts"
import { ownSecretsOf } from "./ownSecrets.ts"
import type { Versions } from "./pipelineVersions.ts"
import { type ImportModule, importModule } from "./PluginHost.ts"
import { withValue } from "./valuesAt.ts"
import { withVariables } from "./variableWords.ts"

export interface LoadOptions {
  readonly cwd: string
  /** `--config`; relative to `cwd`. */
  readonly configPath?: string
  /** `--env`; else `TETRA_ENV`. */
  readonly environment?: string
  /** Default: the environment of the process. A `.env` beside the project fills what is not in it. */
  readonly env?: Environment
  /** The data folder; else `TETRA_HOME`, else `.tetra` in the project. */
  readonly home?: string
  readonly importModule?: ImportModule
  /** `told`: an asset that is needed and that nobody provides is a warning, for whoever gives it in another way. Default: refused. */
  readonly lacking?: "refused" | "told"
  /** Taken instead of what stands in the file: to check a text before it is written. */
  readonly text?: string
  /** Checks conditions of alerts with their types. Default: their syntax and names. */
  readonly checkCondition?: CheckCondition
  /** Versions of pipelines that are in force, where another one than the file says was promoted. */
  readonly versions?: Versions
}
/** Finds, reads, checks and resolves a project. Fails with every problem at once, each with file, line and column. */
export const loadProject = (options: LoadOptions): Effect.Effect<Project, ProjectInvalid> =>
  Effect.gen(function* () {
    const given = options.env ?? process.env
    const found = findConfig(options.cwd, options.configPath, given["TETRA_CONFIG"])
    if (found._tag !== "Found") return yield* new ProjectInvalid({ diagnostics: [notFound(options.cwd, found)] })
    const { file, root } = found
    const shown = shownPath(options.cwd, file)
    const fromFile = readIfThere(join(root, ".env"))
    const env: Environment = {
      ...(fromFile === undefined ? {} : dotEnv(fromFile)),
      ...Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined))
    }
    const named = options.environment ?? env["TETRA_ENV"]
    const environment = named === "" ? undefined : named
    const text = yield* Effect.try({
      try: () => options.text ?? readFileSync(file, "utf8"),
      catch: (cause) => new ProjectInvalid({ diagnostics: [unreadable(shown, cause)] })
    })
    const document = readDocument(text, { file: shown, env, environment })
    if (document.isBroken)
      return yield* new ProjectInvalid({ diagnostics: document.diagnostics.map((one) => framed(one, options, file)) })
    const load = options.importModule ?? importModule
    const condition = options.checkCondition ?? checkCondition
    const from: CheckFrom = { root, environment, load, condition, versions: options.versions ?? {} }
    let data = document.data
    let checked = yield* checkDocument(document, data, from)
    // A number or a boolean that came from a variable is a text until its place in the schema says otherwise.
    const retype = checked.diagnostics.flatMap(({ path }) =>
      [`environments.${environment}.${path}`, path]
        .filter((name): name is string => name !== undefined && document.retyped.has(name))
        .slice(0, 1)
    )
    if (retype.length > 0) {
      data = retype.reduce((all, path) => withValue(all, path.split("."), document.retyped.get(path)), data)
      checked = yield* checkDocument(document, data, from)
    }
    const { catalogue, config, declared } = checked
    // What a missing variable leaves behind is no second problem.
    const others = checked.diagnostics
      .filter(({ path }) => path === undefined || !document.diagnostics.some((first) => first.path === path))
      .map((one) => (one.lacks !== undefined && options.lacking === "told" ? { ...one, level: "warning" as const } : one))
    const diagnostics = inFileOrder([...document.diagnostics, ...withVariables(document, environment, others)])
    if (config === undefined || catalogue === undefined || diagnostics.some(({ level }) => level === "error"))
      return yield* new ProjectInvalid({ diagnostics })
    const idle = yield* idleProblems(document, data, { ...from, versions: activeOf(config) }, checked)
    const home = options.home ?? env["TETRA_HOME"]
    return {
      root,
      configFile: file,
      home: home === undefined || home === "" ? join(root, ".tetra") : resolve(root, home.replace(/^~(?=$|\/)/, homedir())),
      source: text,
      config,
      configVersion: configVersionOf(config, catalogue),
      environment,
      catalogue,
      warnings: inFileOrder([...diagnostics, ...idle]),
      declared,
      inVersions: (versions) => loadProject({ ...options, text, versions: { ...activeOf(config), ...versions } }),
      ownSecrets: ownSecretsOf(env),
      at: (path) => document.at(path),
      placeOf: document.placeOf
    }
  })

const activeOf = ({ pipelines }: ResolvedConfig): Versions =>
  Object.fromEntries(
    Object.entries(pipelines ?? {}).flatMap(([name, { active, versions }]) =>
      versions === undefined || active === undefined ? [] : [[name, active]]
    )
  )

/** With the lines of the file, when it is what was read. */
const framed = (one: Diagnostic, { text }: LoadOptions, file: string): Diagnostic => {
  const [, line, column] = /:(\d+):(\d+)$/u.exec(one.where) ?? []
  return text !== undefined || line === undefined ? one : { ...one, code: { file, line: Number(line), column: Number(column) } }
}

/** By line and column; what stands in no file comes last. */
const inFileOrder = (diagnostics: ReadonlyArray<Diagnostic>): ReadonlyArray<Diagnostic> => {
  const place = ({ where }: Diagnostic) => {
    const match = /:(\d+):(\d+)$/.exec(where)
    return match === null ? Infinity : Number(match[1]) * 10_000 + Number(match[2])
  }
  return diagnostics.toSorted((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)))
}

const readIfThere = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8")
  } catch {
    return undefined // a project needs no .env
  }
}
const shownPath = (cwd: string, file: string) => {
  const path = relative(cwd, file)
  return path.startsWith(join("..", "..", "..")) || isAbsolute(path) ? file : path
}
const unreadable = (file: string, cause: unknown): Diagnostic => ({
  level: "error",
  where: file,
  message: `cannot be read (${(cause as { readonly code?: string }).code ?? "unknown"})`,
  hint: "check the permissions of the file"
})
const notFound = (cwd: string, found: Exclude<ReturnType<typeof findConfig>, { readonly _tag: "Found" }>): Diagnostic =>
  found._tag === "Missing"
    ? {
        level: "error",
        where: shownPath(cwd, found.file),
        message: `there is no such file (${found.named})`,
        hint: "check the path, or leave it out to look upwards from here"
      }
    : {
        level: "error",
        where: cwd,
        message: `there is no project here: no ${configNames.join(" or ")}, upwards from the working folder`,
        hint: "make one with `tetra init`, or name the file with --config"
      }

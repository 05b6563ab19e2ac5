import { type Effect, Schema } from "effect"
import type { ResolvedConfig } from "../domain/ConfigFile.ts"
import type { Diagnostic } from "../domain/Diagnostic.ts"
import type { Catalogue } from "./Catalogue.ts"

/** A validated project: its configuration and everything that its plugins offer. */
export interface Project {
  /** Absolute folder that holds the configuration (its parent for `config/orchestration.yaml`). */
  readonly root: string
  /** Absolute path; `undefined` for an embedded project. */
  readonly configFile: string | undefined
  /** Absolute data folder: `TETRA_HOME`, else `<root>/.tetra`. */
  readonly home: string
  /** The text of the configuration file, as it was read. */
  readonly source?: string
  readonly config: ResolvedConfig
  /** 12 hex digits over the resolved configuration without secrets and the plugin versions. */
  readonly configVersion: string
  readonly environment: string | undefined
  readonly catalogue: Catalogue
  readonly warnings: ReadonlyArray<Diagnostic>
  /** Of pipelines with several versions: which one the file calls active. The one in force is `config.pipelines.P.active`. */
  readonly declared?: Readonly<Record<string, string>>
  /** The same project with other versions in force; absent where there is no file. */
  readonly inVersions?: (versions: Readonly<Record<string, string>>) => Effect.Effect<Project, ProjectInvalid>
  /** Secret texts that stand in the environment alone, and so in no block of the configuration. */
  readonly ownSecrets?: ReadonlyArray<string>
  /** `file:line:column` of a path in the configuration, or of the nearest thing around it; absent where there is no file. */
  readonly at?: (path: string) => string
  /** Where the value at this very path is written; undefined when it is not, and absent where there is no file. */
  readonly placeOf?: (path: string) => WrittenPlace | undefined
}
/** The place of one value in the configuration file. */
export interface WrittenPlace {
  /** `file:line:column`. */
  readonly where: string
  /** It stands in the overlay of the environment. */
  readonly overlaid: boolean
  /** Variables that it reads, in their order. */
  readonly variables: ReadonlyArray<string>
}

const DiagnosticSchema = Schema.Struct({
  level: Schema.Literals(["error", "warning"]),
  where: Schema.String,
  path: Schema.optionalKey(Schema.String),
  message: Schema.String,
  hint: Schema.String,
  code: Schema.optionalKey(Schema.Struct({ file: Schema.String, line: Schema.Int, column: Schema.Int }))
})
/** One problem as lines for people: where, what, and how to mend it. */
export const diagnosticText = ({ hint, message, path, where }: Diagnostic): string =>
  `${where}: ${path === undefined || path === "" ? "" : `${path}: `}${message}${hint === "" ? "" : `\n    -> ${hint}`}`
const text = (diagnostics: ReadonlyArray<Diagnostic>) =>
  diagnostics
    .filter((d) => d.level === "error")
    .map(diagnosticText)
    .join("\n")

/** The project cannot be used: every problem at once, warnings included. */
export class ProjectInvalid extends Schema.TaggedError<ProjectInvalid>()("ProjectInvalid", {
  diagnostics: Schema.Array(DiagnosticSchema)
}) {
  override get message() {
    return text(this.diagnostics)
  }
}
/** The request does not fit the project: every problem at once. */
export class PlanInvalid extends Schema.TaggedError<PlanInvalid>()("PlanInvalid", {
  diagnostics: Schema.Array(DiagnosticSchema)
}) {
  override get message() {
    return text(this.diagnostics)
  }
}

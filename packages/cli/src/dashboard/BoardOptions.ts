import { type Abilities, type Problem, type Shell, themeNames, viewPainters, type View } from "@tetra/tui"
import type { Project, RunRequest } from "@tetra/core/engine"
import type { WatchOptions } from "@tetra/daemon/reload"
import type { TypeCheck } from "../reload/typeErrors.ts"
import type { Display } from "./display.ts"
import type { Source } from "./source.ts"

/** What the person wants when no run is under way. */
export type Next =
  | { readonly _tag: "Leave" }
  | {
      readonly _tag: "Run"
      readonly force: boolean
      readonly key: string
      /** Asked for by a save: only these pipelines, and no key was pressed. */
      readonly only?: ReadonlyArray<string>
    }
  | { readonly _tag: "Retry"; readonly run: string; readonly stages: ReadonlyArray<string>; readonly key: string }
/** What can be done to the run that is under way. */
export interface RunControl {
  readonly cancel: () => void
  readonly pause: () => void
  readonly resume: () => void
  /** What Ctrl-C does: the first stops, the second leaves. */
  readonly interrupt: () => void
  /** Leaves the run to the server that works on it. */
  readonly detach?: () => void
}
/** What can be done to the runs of a server that the dashboard is attached to. */
export interface Remotely {
  readonly source: Source
  /** `key` is the idempotency key of the wish. */
  readonly order: (what: "cancel" | "pause" | "resume", key: string) => void
  /** Shows another run of it. */
  readonly open: (run: string) => void
}
/** What is done beside the dashboard while somebody develops: `tetra dev`. */
export interface Developing {
  readonly watch: WatchOptions
  /** After each save, taken or not. `say` shows what was found. */
  readonly check: TypeCheck
  /** The pipelines of the run that a change reaches; all, when the last one did not complete (`isBroken`). Empty: none has to run again. */
  readonly affected: (before: Project, after: Project, isBroken: boolean) => Promise<ReadonlyArray<string>>
}
export interface BoardOptions {
  readonly shell: Shell
  readonly project: Project
  /** What `r` asks for. */
  readonly request: RunRequest
  /** The project as its file says it now. */
  readonly reload: () => Promise<Project>
  /** Given what shows type errors. */
  readonly developing?: (told: (errors: ReadonlyArray<Problem>) => void) => Developing
  readonly line: string
  readonly display: Display
  readonly detail: "quiet" | "normal" | "verbose"
}

/** The label of an environment where mistakes are dear. */
const productionOf = (environment: string | undefined): string | undefined =>
  environment !== undefined && /^(?:prod|live)/iu.test(environment) ? environment : undefined
export const abilitiesOf = ({ display, line, project }: BoardOptions): Abilities => ({
  verbs: new Set(["run", "force", "retry", "cancel", "pause", "resume", "pauseSchedule", "resumeSchedule", "trigger"] as const),
  line,
  views: Object.keys(viewPainters) as ReadonlyArray<View>,
  readOnly: display.readOnly,
  themes: themeNames,
  production: productionOf(project.environment),
  ...(display.keymap === undefined ? {} : { keymap: display.keymap })
})
/** How the dashboard looks, and where. */
export const looksOf = ({ display, shell }: BoardOptions) => ({
  shell,
  look: display.look,
  mouse: display.mouse,
  slow: display.slow,
  ...(display.preferences === undefined ? {} : { preferences: display.preferences })
})

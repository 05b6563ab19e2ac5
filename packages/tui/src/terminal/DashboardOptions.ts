import type { History } from "../model/estimate.ts"
import type { Preferences } from "../model/preferences.ts"
import type { Abilities } from "../model/Scene.ts"
import type { Command } from "../model/Ui.ts"
import type { ViewCommand } from "../model/ViewsUi.ts"
import type { LookOptions } from "../paint/theme.ts"
import type { Shell } from "../ink/Shell.tsx"

/** What the dashboard asks its owner for. The other commands it performs itself. */
export type Request =
  | Extract<
      Command,
      { readonly _tag: "Run" | "Retry" | "Cancel" | "Interrupt" | "Leave" | "Detach" | "LineMode" | "OpenRun" | "Load" }
    >
  | ViewCommand
export interface DashboardOptions {
  /** Where it is shown; opened already, or opened with the dashboard. */
  readonly shell: Shell
  readonly look: LookOptions
  /** What was remembered of the person; undefined: nothing. */
  readonly preferences?: Preferences
  /** Something that is remembered has changed. */
  readonly remember?: (preferences: Preferences) => void
  /** The mouse is taken from the terminal from the beginning. */
  readonly mouse?: boolean
  /** A terminal behind a slow line: half as many frames, no spinner. */
  readonly slow?: boolean
  readonly abilities: Abilities
  readonly history: History
  /** `key` names the command: its owner tells with `answer` what became of it. */
  readonly asked: (request: Request, key: string) => void
  /** A signal came, and the screen is given back: stop what is running, or `close` and leave. */
  readonly signalled: (signal: NodeJS.Signals) => void
  /** The dashboard cannot go on; the screen is given back already. */
  readonly failed: (error: unknown) => void
}

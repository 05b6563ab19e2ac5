/** What can be done by name: everything that a key, the palette or a typed command asks for. Data only. */
import type { LogFilter } from "./LogFilter.ts"
import type { Intent } from "./keymap.ts"
import type { Command } from "./Ui.ts"

export type Deed =
  | Intent
  /** Selects a stage, and shows it in `stages`. */
  | { readonly _tag: "Stage"; readonly stage: string }
  | { readonly _tag: "Command"; readonly command: Command }
  /** The log, narrowed down. */
  | { readonly _tag: "Narrow"; readonly filter: Partial<LogFilter> }
  /** Why a stage ran, was reused, waits or failed; undefined: the run. */
  | { readonly _tag: "Why"; readonly stage: string | undefined }
  /** Nothing can be done with what was typed. */
  | { readonly _tag: "Refuse"; readonly why: string }

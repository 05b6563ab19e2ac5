import { Effect, type Scope } from "effect"
import type { StoreError } from "../../execution/ports/Journal.ts"
import { type Folders, foldersOf } from "../filesystem/folders.ts"
import { isEmbedded, type StoreOptions } from "../StoreOptions.ts"
import * as sqlite from "../sqlite/ground.ts"
import type { Ground } from "../Ground.ts"

/** A store as retention works on it: its tables and its folder. */
export interface Upkeep {
  readonly ground: Ground
  readonly folders: Folders
}
/** Opens a store for retention, for the scope. */
export const openUpkeep = ({
  home,
  readOnly = false,
  stateUrl
}: StoreOptions): Effect.Effect<Upkeep, StoreError, Scope.Scope> => {
  const folders = foldersOf(home)
  const ground =
    stateUrl === undefined || isEmbedded(stateUrl)
      ? sqlite.openGround({ file: folders.stateFile, readOnly })
      : Effect.flatMap(
          Effect.promise(() => import("../postgres/ground.ts")),
          ({ openGround }) => openGround({ url: stateUrl, readOnly })
        )
  return Effect.map(ground, (opened) => ({ ground: opened, folders }))
}

import { Context, Effect, Layer } from "effect"
import { Journal, type StoreError } from "../execution/ports/Journal.ts"
import { StateQueries } from "../execution/ports/StateQueries.ts"
import { foldersOf } from "./filesystem/folders.ts"
import { makeJournal } from "./sqlite/journal.ts"
import { openStore } from "./sqlite/openStore.ts"
import { makeStateQueries } from "./sqlite/stateQueries.ts"
import { isEmbedded, type StoreOptions } from "./StoreOptions.ts"

/** What was recorded of runs: their events, and the tables that follow from them. */
export type Records = Journal | StateQueries

const layerEmbeddedRecords = (home: string): Layer.Layer<Records, StoreError> =>
  Layer.effectContext(
    Effect.map(openStore({ file: foldersOf(home).stateFile, readOnly: true }), (store) =>
      Context.make(Journal, makeJournal(store)).pipe(Context.add(StateQueries, makeStateQueries(store)))
    )
  )

/**
 * The records for whoever only looks: makes nothing, and answers as an empty store while there is none. It neither opens tables nor writes logs, so
 * that a command that looks starts without the code for them (decision 033).
 */
export const layerRecords = ({ home, stateUrl }: Omit<StoreOptions, "readOnly">): Layer.Layer<Records, StoreError> =>
  stateUrl === undefined || isEmbedded(stateUrl)
    ? layerEmbeddedRecords(home)
    : Layer.unwrap(
        Effect.map(
          Effect.promise(() => import("./postgres/layerPostgres.ts")),
          ({ layerPostgres }) => layerPostgres({ home, readOnly: true, url: stateUrl })
        )
      )

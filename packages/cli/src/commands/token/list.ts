/** `tetra token list`: who may ask over HTTP. */
import process from "node:process"
import { layerStore } from "@tetra/core/storage"
import { apiTokens } from "@tetra/daemon/tokens"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { ago, dateTime } from "../../output/plain/amounts.ts"
import { lookOf } from "../../output/plain/look.ts"
import { oneLine } from "../../output/plain/text.ts"
import { tableLines } from "../../output/table.ts"
import type { Call } from "../../program.ts"
import { tell } from "../../project/asking.ts"
import { flag, locationOf } from "../../project/open.ts"
import { print, printJson } from "../../project/store.ts"
import { perform } from "../../runtime.ts"

const mostListed = 10_000

export const handle = async (call: Call): Promise<ExitCode> => {
  const read = apiTokens.list({ limit: mostListed }).pipe(Effect.provide(layerStore(locationOf(call))), Effect.scoped)
  const now = Date.now()
  const tokens = (await perform(read)).map(({ at, body, key }) => {
    return { id: key, name: body.name, scope: body.scope, by: body.by, at, expires_at: body.expiresAt ?? null }
  })
  if (flag(call, "json")) printJson(tokens)
  else if (tokens.length === 0) tell("no token holds; `tetra token create NAME` makes one")
  else
    print(
      tableLines(
        tokens,
        [
          { title: "id", of: (t) => t.id },
          { title: "name", of: (t) => oneLine(t.name), gives: true },
          { title: "scope", of: (t) => t.scope },
          { title: "made", of: (t) => `${ago(t.at, now)} by ${oneLine(t.by)}` },
          {
            title: "holds until",
            of: (t) =>
              t.expires_at === null ? "it is revoked" : `${dateTime(t.expires_at)}${t.expires_at <= now ? " (over)" : ""}`
          }
        ],
        lookOf(process.stdout, process.env)
      )
    )
  return exitCodes.completed
}

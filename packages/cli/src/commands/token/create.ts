/** `tetra token create NAME`: a token for the HTTP API; its text is printed once and kept nowhere. */
import { userInfo } from "node:os"
import process from "node:process"
import { layerStore } from "@tetra/core/storage"
import { createToken, type Scope } from "@tetra/daemon/tokens"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { oneLine } from "../../output/plain/text.ts"
import { serverHere } from "../../link/serverHere.ts"
import type { Call } from "../../program.ts"
import { auditHere } from "../../project/auditHere.ts"
import { flag, locationOf, number, text } from "../../project/open.ts"
import { print, printJson } from "../../project/store.ts"
import { perform } from "../../runtime.ts"

const dayMs = 86_400_000

export const handle = async (call: Call): Promise<ExitCode> => {
  const [name = ""] = call.args
  const scope = (text(call, "scope") ?? "read") as Scope
  const days = number(call, "days")
  const now = Date.now()
  const expiresAt = days === undefined ? undefined : now + days * dayMs
  const made = Effect.tap(createToken({ name, scope, expiresAt, by: userInfo().username }, now), ({ id: target }) =>
    auditHere("token create", target, { name, scope })
  )
  const server = await serverHere(call)
  const body = { name, scope, ...(days === undefined ? {} : { expires_days: days }) }
  const { id, token } =
    server === undefined
      ? await perform(made.pipe(Effect.provide(layerStore(locationOf(call))), Effect.scoped))
      : await server.ask<{ readonly id: string; readonly token: string }>({ method: "POST", path: "/api/v1/tokens", body })
  if (flag(call, "json")) printJson({ id, name, scope, expires_at: expiresAt ?? null, token })
  else {
    print([token])
    // Beside the result: `TOKEN=$(tetra token create ci)` gets the token alone.
    process.stderr.write(
      `keep it: it is not shown again. ${oneLine(name)} may ${scope}; \`tetra token revoke ${id}\` takes it back\n`
    )
  }
  return exitCodes.completed
}

import { StoreError } from "../../execution/ports/Journal.ts"
import type { Address } from "./address.ts"

interface Failed {
  /** SQL state, five characters; absent when the server did not answer. */
  readonly code: string | undefined
  readonly kind: string | undefined
  readonly message: string
}
const partOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && name in value ? (value as Readonly<Record<string, unknown>>)[name] : undefined
const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined)

/** What the client reports is wrapped twice: what it was doing, then what the server or the socket said. */
const failedOf = (error: unknown): Failed => {
  const reason = partOf(error, "reason")
  const cause = partOf(reason, "cause")
  const inner = partOf(cause, "cause")
  const says = textOf(partOf(inner, "message")) ?? textOf(partOf(cause, "message")) ?? textOf(partOf(reason, "message"))
  return {
    code: textOf(partOf(cause, "code")) ?? textOf(partOf(inner, "code")),
    kind: textOf(partOf(reason, "_tag")),
    message: says ?? (error instanceof Error ? error.message : String(error))
  }
}
/** The server stops or starts, or the connection is gone: worth another try. */
const lostCodes: ReadonlySet<string> = new Set(["57P01", "57P02", "57P03", "57P05", "25006", "53200", "53300"])
const diskFull = "53100"
const isLost = ({ code, kind }: Failed): boolean =>
  code === undefined || code.length !== 5 ? kind === "ConnectionError" : code.startsWith("08") || lostCodes.has(code)

/** True when the transaction has been undone by the server and would pass another time. */
export const isConflict = (error: unknown): boolean => {
  const { code } = failedOf(error)
  return code === "40001" || code === "40P01" || code === "55P03" || code === "23505"
}

/** What went wrong with the database, in words and without its password. */
export const toStoreError = (address: Address, error: unknown): StoreError => {
  if (error instanceof StoreError) return error
  const failed = failedOf(error)
  const { code, kind } = failed
  const message = address.secrets.reduce((text, secret) => text.replaceAll(secret, "***"), failed.message)
  const at = address.label
  const say = (reason: StoreError["reason"], detail: string, hint: string) => new StoreError({ reason, detail, hint })
  if (code === "3D000")
    return say(
      "other",
      `there is no database "${address.database}" on this server (${at})`,
      `Create it: createdb ${address.database}`
    )
  if (code?.startsWith("28") === true || kind === "AuthenticationError")
    return say("other", `${at} refused the user "${address.user}": ${message}`, "Check user and password in state.url")
  if (code === "42501")
    return say(
      "other",
      `"${address.user}" may not do this in ${at}: ${message}`,
      `Let it make a schema: grant create on database ${address.database} to ${address.user}`
    )
  if (code === diskFull)
    return say("full", `${at} cannot grow: ${message}`, "Free some space on the database server: what was recorded is kept")
  if (isLost(failed))
    return say(
      "lost",
      `the connection to ${at} is lost: ${message}`,
      "Check that the server runs and that state.url names its host and port"
    )
  if (code === "XX001" || code === "XX002")
    return say("corrupt", `${at} is damaged: ${message}`, "Restore a backup of the database")
  return say(
    "other",
    `${at}: ${message}${code === undefined ? "" : ` (${code})`}`,
    'Run "tetra state verify" and report this if it finds nothing'
  )
}

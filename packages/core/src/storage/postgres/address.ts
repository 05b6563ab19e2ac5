import { StoreError } from "../../execution/ports/Journal.ts"

const howToWrite =
  "Write it like postgres://user:password@host:5432/database, best in an environment variable: url: ${TETRA_DATABASE_URL}"

/** Where a database is, without the password: what may be shown. */
export interface Address {
  readonly label: string
  readonly user: string
  readonly database: string
  /** Every spelling of the password that a message could hold. */
  readonly secrets: ReadonlyArray<string>
}
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
/** Reads `postgres://...`. Throws a StoreError that does not show the address when it cannot be read. */
export const addressOf = (url: string): Address => {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch {
    throw new StoreError({ reason: "other", detail: "state.url is no address", hint: howToWrite })
  }
  const user = decoded(parsed.username !== "" ? parsed.username : (parsed.searchParams.get("user") ?? ""))
  if (user === "") throw new StoreError({ reason: "other", detail: "state.url names no user", hint: howToWrite })
  const host = parsed.hostname !== "" ? parsed.hostname : (parsed.searchParams.get("host") ?? "localhost")
  const named = decoded(parsed.pathname.replace(/^\//u, ""))
  const database = named === "" ? user : named
  const passwords = [parsed.password, parsed.searchParams.get("password") ?? ""]
  return {
    label: `${host}:${parsed.port === "" ? "5432" : parsed.port}/${database}`,
    user,
    database,
    secrets: [...new Set(passwords.flatMap((p) => [p, decoded(p)]))].filter((p) => p !== "")
  }
}

/** Which server is meant. */
import process from "node:process"
import { Refusal } from "../failure.ts"
import { socketOf, standingOf } from "@tetra/daemon/lifecycle"
import { refusalOf } from "../runtime.ts"
import { blockedRefusal, blockedServer } from "./blockedServer.ts"
import type { Remote } from "./client.ts"

/** The socket of a data folder. */
export const socketAt = (home: string): string => {
  try {
    return socketOf(home)
  } catch (error) {
    throw refusalOf(error)
  }
}
/** The server at an address, with the token of the environment. */
export const remoteAt = (address: string): Remote => {
  if (!/^https?:\/\//u.test(address) || !URL.canParse(address))
    throw new Refusal(`--attach ${address} is no address`, { hint: "write it as http://127.0.0.1:4700" })
  return { _tag: "Http", url: new URL(address), token: process.env["TETRA_API_TOKEN"] }
}
/** The server of a data folder; undefined when there is none. Throws when it stands still: it takes connections, and answers nothing. */
export const remoteOf = async (home: string): Promise<Remote | undefined> => {
  const path = socketAt(home)
  if ((await standingOf(path)) !== "answers") return undefined
  const blocked = blockedServer(home)
  if (blocked !== undefined) throw blockedRefusal(blocked)
  return { _tag: "Socket", path }
}

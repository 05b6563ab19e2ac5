import { hostname } from "node:os"
import { blockedNow, blockedText, type RunRow } from "@tetra/core/engine"
import { oneLine } from "../output/plain/text.ts"

/** Of a process of this machine that stands still: by which stage. */
export const stillHere =
  (home: string) =>
  ({ owner }: RunRow): string | undefined => {
    const note = owner.host === hostname() ? blockedNow(home, owner.pid) : undefined
    return note === undefined ? undefined : `${oneLine(blockedText(note, Date.now()))}: \`kill -9 ${owner.pid}\` ends its process`
  }

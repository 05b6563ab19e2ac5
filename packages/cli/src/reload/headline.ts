/** A reload in one line. */
import { changeDetail } from "@tetra/core/engine"
import type { ConfigChange, ConfigDifference } from "@tetra/daemon/reload"

/** Most things that one line tells. */
const most = 4
const some = (texts: ReadonlyArray<string>): string =>
  texts.length <= most ? texts.join("; ") : `${texts.slice(0, most).join("; ")}; and ${texts.length - most} more`

/** Changes that are told whole beside what follows from them. */
const mostDetails = 2
const detailOf = ({ after, before, path }: ConfigChange): string => `${path}: ${changeDetail({ path, before, after })}`

/** What follows from a change, and what it is when that is little; else what changed. */
export const headline = ({ changes, effects }: Pick<ConfigDifference, "changes" | "effects">): string => {
  if (effects.length === 0) return some(changes.map(detailOf))
  const written = changes.filter(({ path }) => !path.startsWith("code."))
  const details = written.length > mostDetails || written.length === 0 ? "" : ` (${written.map(detailOf).join("; ")})`
  return `${some(effects)}${details}`
}

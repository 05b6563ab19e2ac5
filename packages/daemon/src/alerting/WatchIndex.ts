import type { Kept } from "../Collection.ts"
import type { Subject, WatchBody } from "./records.ts"

/** Cheap for the many rules that ask about a pipeline as a whole. */
const nameOf = ({ part, pipeline = "", run }: Subject): string =>
  run === undefined && part === undefined ? pipeline : `${pipeline}\n${run ?? ""}\n${part ?? ""}`

/** Keys of the watches that there are, by rule and subject: most rules are plainly false of most pipelines, and that costs one look here. */
export class WatchIndex {
  private readonly rules = new Map<string, Map<string, string>>()
  constructor(watches: Iterable<Pick<Kept<WatchBody>, "body" | "key">>) {
    for (const { body, key } of watches) {
      const own = this.rules.get(body.rule) ?? new Map<string, string>()
      this.rules.set(body.rule, own.set(nameOf(body.subject), key))
    }
  }
  keyOf(rule: string, subject: Subject): string | undefined {
    const own = this.rules.get(rule)
    return own === undefined ? undefined : own.get(nameOf(subject))
  }
}

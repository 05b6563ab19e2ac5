import type { StoredEvent } from "@tetra/core/engine"
import { placeOf } from "../LogFilter.ts"
import { itemsOf, type Stream } from "../Ring.ts"
import { textMatcher } from "./TextMatcher.ts"

const scopeOf = (event: StoredEvent): string =>
  "stage" in event ? (event.stage ?? "") : "pipeline" in event && typeof event.pipeline === "string" ? event.pipeline : ""
const matchesName = (name: string, wanted: ReadonlyArray<string>): boolean =>
  wanted.some((one) => name === one || name.startsWith(`${one}.`) || name.endsWith(`.${one}`))

/** What is typed after `/` in the events: `type:StageEnded,Attempt stage:load text`. `type` is the beginning of a name, in any case. */
const eventTest = (typed: string): ((events: ReadonlyArray<StoredEvent>) => ReadonlyArray<boolean>) => {
  const types: Array<string> = []
  const stages: Array<string> = []
  const rest = typed.replaceAll(/(?:^|\s)(type|stage):(\S+)(?=\s|$)/gu, (_, name: string, value: string) => {
    const values = value.split(",").filter((one) => one !== "")
    if (name === "type") types.push(...values.map((one) => one.toLowerCase()))
    else stages.push(...values)
    return ""
  })
  const text = (types.length + stages.length === 0 ? typed : rest).trim()
  const matcher = textMatcher(text)
  const isOfTerms = (event: StoredEvent): boolean =>
    (types.length === 0 || types.some((one) => event._tag.toLowerCase().startsWith(one))) &&
    (stages.length === 0 || matchesName(scopeOf(event), stages))
  return (events) => {
    const passed = events.map(isOfTerms)
    if (text === "") return passed
    // A plan is large, and every name is in it: only its own name is searched.
    const found = matcher.matches(events.map((e) => (e._tag === "PlanFixed" ? e._tag : `${e._tag} ${JSON.stringify(e)}`)))
    return passed.map((pass, i) => pass && found[i] === true)
  }
}
/** Places of the events that are shown, kept up to date event by event. */
export class EventIndex {
  private filter = ""
  private test = eventTest("")
  private stream: Stream<StoredEvent> | undefined
  private next = 0
  private places: Array<number> = []

  read(stream: Stream<StoredEvent>, filter: string): ReadonlyArray<number> {
    if (stream !== this.stream || filter !== this.filter || stream.end < this.next) {
      this.test = filter === this.filter && this.stream !== undefined ? this.test : eventTest(filter)
      this.stream = stream
      this.filter = filter
      this.next = 0
      this.places = []
    }
    if (this.next < stream.end) {
      const added = [...itemsOf(stream, this.next)]
      this.test(added.map(([, event]) => event)).forEach((shown, i) => {
        const place = added[i]?.[0]
        if (shown && place !== undefined) this.places.push(place)
      })
      this.next = stream.end
    }
    const gone = placeOf(this.places, stream.first)
    if (gone > 1000) this.places = this.places.slice(gone)
    return this.places
  }
}

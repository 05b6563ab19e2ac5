import { Schema } from "effect"

/** What a stage answered does not fit what it declares. */
export class BadOutput extends Schema.TaggedError<BadOutput>()("BadOutput", { output: Schema.String, detail: Schema.String }) {
  override get message() {
    return `output "${this.output}"${this.detail}`
  }
}
/** A service that a stage uses was not given, or could not be made. */
export class MissingService extends Schema.TaggedError<MissingService>()("MissingService", {
  service: Schema.String,
  detail: Schema.String
}) {
  override get message() {
    return `${this.service}: ${this.detail}`
  }
}
/** What runs in the shadow of a version changes nothing outside. */
export class ShadowEffect extends Schema.TaggedError<ShadowEffect>()("ShadowEffect", { key: Schema.String }) {
  override get message() {
    return `once("${this.key}") changes something outside: a shadow run does not do that, so this stage cannot run in the shadow`
  }
}
/** The attempt is no longer the newest of its unit: what it says is not recorded. */
export class Superseded extends Schema.TaggedError<Superseded>()("Superseded", { stage: Schema.String }) {
  override get message() {
    return `this attempt of ${this.stage} is over: its answer is not taken`
  }
}

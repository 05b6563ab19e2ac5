import { appendFile } from "node:fs/promises"
import { NotDelivered, type Notifier, Notifiers } from "@tetra/core"
import { Schema } from "effect"

const Settings = Schema.Struct({ path: Schema.NonEmptyString })

/** Tells of alerts in a file, a line each. In the configuration: `alerting: { channels: { acme_file: { path: alerts.jsonl } } }`. */
export const file: Notifier<typeof Settings.Type> = {
  name: "acme_file",
  settings: Settings,
  async send({ kind, severity, subject, thread, n }, { settings }) {
    const line = JSON.stringify({ id: `${thread}-${n}`, kind, severity, subject }) // the same id for every try: readers can drop repeats
    await appendFile(settings.path, `${line}\n`).catch((error: Error) => {
      throw new NotDelivered(`cannot write ${settings.path}: ${error.message}`, { retryable: true })
    })
  }
}
export const fileNotifier = Notifiers.contribute(file)

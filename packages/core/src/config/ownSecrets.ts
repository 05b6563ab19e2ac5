/** Variables of the environment that hold a secret whatever the configuration says, and how each is read. */
const secretVariables: Readonly<Record<string, (text: string) => ReadonlyArray<string>>> = {
  TETRA_API_TOKEN: (text) => [text],
  OTEL_EXPORTER_OTLP_HEADERS: (text) => headerValues(text),
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: (text) => headerValues(text),
  OTEL_EXPORTER_OTLP_METRICS_HEADERS: (text) => headerValues(text),
  OTEL_EXPORTER_OTLP_LOGS_HEADERS: (text) => headerValues(text)
}
/** Of `name=value,name=value`, as they are written and as they are sent. */
const headerValues = (text: string): ReadonlyArray<string> =>
  text.split(",").flatMap((pair) => {
    const value = pair.slice(pair.indexOf("=") + 1).trim()
    try {
      return [value, decodeURIComponent(value)]
    } catch {
      return [value]
    }
  })
/** Secret texts of the environment that stand in no block of the configuration. */
export const ownSecretsOf = (env: Readonly<Record<string, string | undefined>>): ReadonlyArray<string> => [
  ...new Set(
    Object.entries(secretVariables)
      .flatMap(([name, valuesOf]) => valuesOf(env[name] ?? ""))
      .filter((text) => text !== "")
  )
]

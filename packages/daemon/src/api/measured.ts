/** How long every request took, by its route. */
import { Effect } from "effect"
import { HttpRouter, HttpServerRequest } from "effect/http"
import type { MetricsDesk } from "../server/MetricsDesk.ts"
import { Api } from "./definition.ts"

const templates: ReadonlyArray<string> = [
  "/openapi.json",
  ...Object.values(Api.groups).flatMap(({ endpoints }) => Object.values(endpoints).map(({ path }): string => path))
]
const patterns = templates.map((template) => ({
  template,
  pattern: new RegExp(`^${template.replaceAll(".", "\\.").replaceAll(/:\w+/gu, "[^/]+")}$`, "u")
}))
/** The template of the route that an address belongs to: never what was asked for itself. */
export const routeOf = (url: string): string => {
  const path = url.split("?")[0] ?? ""
  const found = patterns.find(({ template }) => template === path) ?? patterns.find(({ pattern }) => pattern.test(path))
  return found?.template ?? "unknown"
}
const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])

export const measured = (answered: MetricsDesk["answered"]) =>
  HttpRouter.middleware(
    (route) =>
      Effect.gen(function* () {
        const { method, url } = yield* HttpServerRequest.HttpServerRequest
        const began = performance.now()
        const tell = (status: number): void => {
          const labels = {
            route: routeOf(url),
            method: methods.has(method) ? method : "other",
            status: `${Math.floor(status / 100)}xx`
          }
          answered(labels, (performance.now() - began) / 1000)
        }
        return yield* Effect.tap(route, (response) => Effect.sync(() => tell(response.status)))
      }),
    { global: true }
  )

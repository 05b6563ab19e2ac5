import { defineAsset, definePipeline, definePlugin, defineStage, defineValue, option } from "@tetra/core"
import { Context, Effect, Layer, Redacted, Schema } from "effect"

/** What stages need, by type: a connection, a client, a cache. They say that they use it; the plugin says how it is made. */
class Rates extends Context.Service<Rates, { readonly of: (currency: string) => Promise<number> }>()("rates/Rates") {}

const Quote = defineAsset("quote", defineValue("rates/Quote@1", Schema.Struct({ currency: Schema.String, rate: Schema.Finite })))

const quote = defineStage({
  id: "rates/quote",
  config: Schema.Struct({ currency: Schema.NonEmptyString }),
  outputs: { quote: Quote },
  uses: { rates: Rates },
  async run({ config: { currency }, uses }) {
    return { quote: { currency, rate: await uses.rates.of(currency) } }
  }
})
const rates = definePipeline({
  name: "rates_pipeline",
  parameters: Schema.Struct({ currency: option(Schema.NonEmptyString, { help: "Which one", default: "USD" }) }),
  stages: ({ use, params }) => ({ quote: use(quote, { config: { currency: params.currency } }) })
})

/** What stands under `config:` in the configuration. A `Redacted` shows as `<redacted>` wherever it is printed. */
const Settings = Schema.Struct({
  url: Schema.NonEmptyString,
  token: Schema.RedactedFromValue(Schema.NonEmptyString)
})

export default definePlugin({
  name: "rates",
  version: "1.0.0",
  api: "^1.0",
  config: Settings,
  pipelines: { rates },
  // Made before the first stage that uses it, and closed when the run is over, whatever happened.
  services: ({ url, token }) =>
    Layer.effect(
      Rates,
      Effect.acquireRelease(
        Effect.sync(() => {
          const client = { bearer: Redacted.value(token) } // opened only here, where it is needed
          return { of: async (currency: string) => (client.bearer.length + url.length + currency.length) / 100 }
        }),
        () => Effect.log("closed the connection")
      )
    )
})

import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { asProblem } from "../server/RunService.ts"
import { Api } from "./definition.ts"
import { NotFound } from "./problems.ts"
import type { Node, WhyKindName } from "./whyGroup.ts"

export interface WhyAsked {
  readonly name: string
  readonly kind: WhyKindName | undefined
  /** Look at this run. */
  readonly run: string | undefined
}
/** What is not recorded is told as text. */
export type Why = (asked: WhyAsked) => Promise<Node | { readonly unknown: string }>

export const whyOf = (why: Why) => {
  const looked = (asked: WhyAsked) =>
    Effect.gen(function* () {
      const found = yield* asProblem(Effect.tryPromise({ try: () => why(asked), catch: (error) => error }))
      return "unknown" in found ? yield* new NotFound({ detail: found.unknown, errors: [] }) : found
    })
  return HttpApiBuilder.group(Api, "why", (handlers) =>
    handlers.handleAll({
      name: ({ params, query }) => looked({ name: params.name, kind: undefined, run: query.run }),
      kind: ({ params, query }) => looked({ ...params, run: query.run })
    })
  )
}

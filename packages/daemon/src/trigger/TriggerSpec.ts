import { durationMs, type Project, type TriggerBlock } from "@tetra/core/engine"

/** One trigger as it is in force; durations in milliseconds. */
export interface TriggerSpec {
  readonly id: string
  readonly pipeline: string
  readonly written: TriggerBlock
  readonly params: Readonly<Record<string, unknown>>
  readonly debounceMs: number
  readonly maxPerHour: number
  readonly overlap: "skip" | "queue_one" | "replace" | "allow"
}
export type TriggerOf<K extends TriggerBlock["kind"]> = TriggerSpec & {
  readonly written: Extract<TriggerBlock, { readonly kind: K }>
}

/** The triggers of a valid project. */
export const triggersOf = ({ config }: Pick<Project, "config">): ReadonlyArray<TriggerSpec> =>
  Object.entries(config.pipelines ?? {}).flatMap(([pipeline, { concurrency, triggers = [] }]) =>
    triggers.map((written) => ({
      id: written.id,
      pipeline,
      written,
      params: written.params ?? {},
      debounceMs: durationMs(written.debounce ?? "0s") ?? 0,
      maxPerHour: written.max_per_hour ?? 60,
      overlap: written.overlap ?? concurrency?.policy ?? "queue_one"
    }))
  )
export const isOf =
  <K extends TriggerBlock["kind"]>(kind: K) =>
  (spec: TriggerSpec): spec is TriggerOf<K> =>
    spec.written.kind === kind

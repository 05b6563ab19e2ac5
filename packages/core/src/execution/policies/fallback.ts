import { Effect, Exit } from "effect"
import type { FallbackDefinition } from "../../authoring/fallback.ts"
import type { StoredCoverage, StoredOutput } from "../../domain/Artifact.ts"
import { failureText, taggedText } from "../../domain/failureText.ts"
import type { RunEvent } from "../../domain/RunEvent.ts"
import { type Command, failedBefore } from "../../planning/decide.ts"
import { isEarlierAnswer, recoveredTogether } from "../../planning/recover.ts"
import { typeOfPort } from "../codec.ts"
import type { LiveRun } from "../LiveRun.ts"
import { handleOf } from "../resolveInputs.ts"
import type { Produced } from "../runAttempt.ts"
import type { ArtifactStore } from "../ports/ArtifactStore.ts"
import { type Facts, publishAssets, type StagePorts, type StageRun } from "../runStage.ts"
import { type Earlier, earlierAnswersOf, takenBy } from "./earlier.ts"

type Asked = Extract<Command, { readonly _tag: "TryFallback" }>
const whole: StoredCoverage = { done: 1, expected: 1, ratio: 1, missing: [] }
const ended = ({ stage }: StageRun, outputs: Readonly<Record<string, StoredOutput>>, reason: string, now: number): RunEvent => ({
  _tag: "StageEnded",
  stage: stage.planned.name,
  status: "partial",
  outputs,
  coverage: whole,
  reason,
  reused: false,
  durationMs: Math.max(0, now - (stage.startedAt ?? now))
})
const whyAsked = ({ failure }: Asked): string => (failure.tag === failedBefore ? failure.message : taggedText(failure))
export interface FallbackTools {
  readonly now: number
  readonly inputs: Readonly<Record<string, unknown>>
  /** A fallback that a plugin contributed to `tetra.fallback`. */
  readonly contributed: (name: string) => FallbackDefinition | undefined
  /** Runs a body in the place of the stage's own `run`, with the stage's checks and limits. */
  readonly attempt: (body: () => unknown) => Effect.Effect<Produced, unknown, ArtifactStore>
  readonly failureOf: LiveRun["failureOf"]
}
/** The last good answer of the stage as its fallback reads it: a handle or a value by port. None: not all of it is there any more. */
const readPrevious = (
  run: StageRun,
  asked: Asked,
  now: number
): Effect.Effect<Readonly<Record<string, unknown>> | undefined, unknown, StagePorts> =>
  Effect.gen(function* () {
    const found = yield* earlierAnswersOf(run, asked, now)
    if (typeof found === "string") return undefined
    const handles: Record<string, unknown> = {}
    for (const [port, { asset }] of Object.entries(run.stage.planned.outputs)) {
      const earlier = asset === undefined ? undefined : found.get(asset)
      if (earlier === undefined) return undefined
      const producer = { run: earlier.run, stage: earlier.stage, at: new Date(earlier.at).toISOString() }
      const type = typeOfPort(run.node.stage.outputs[port])
      handles[port] = yield* handleOf(type, earlier.output, producer).pipe(Effect.mapError((e) => new Error(e.message)))
    }
    return handles
  })
/** What a fallback that somebody wrote does; undefined for one of ours. */
const bodyOf = (
  run: StageRun,
  asked: Asked,
  tools: FallbackTools
): Effect.Effect<(() => unknown) | undefined, unknown, StagePorts> =>
  Effect.gen(function* () {
    const own = run.node.stage["~definition"].fallbacks[asked.fallback]
    const recover = own ?? tools.contributed(asked.fallback)?.recover
    if (recover === undefined) return undefined
    const from = { failure: asked.failure, inputs: tools.inputs, previous: yield* readPrevious(run, asked, tools.now) }
    return () => recover(from)
  })
/** Stages of the set that answered anew: what they take from the earlier run instead. */
const replacedBy = (run: StageRun, answers: ReadonlyMap<string, Earlier>, asked: Asked, now: number) => {
  const { onFailure } = run.stage.planned.policy
  if (typeof onFailure !== "object" || onFailure.together !== "set") return []
  return recoveredTogether(run.state, run.stage)
    .filter((one) => one !== run.stage && one.fallback === undefined && (one.status === "completed" || one.status === "partial"))
    .map((one) => ({ stage: one.planned.name, ...takenBy(one, answers, asked, now) }))
}
const takeEarlier = (run: StageRun, asked: Asked, now: number): Effect.Effect<Facts, unknown, StagePorts> =>
  Effect.gen(function* () {
    const { fallback, stage } = asked
    const answers = yield* earlierAnswersOf(run, asked, now)
    if (typeof answers === "string")
      return [{ _tag: "FallbackTried", stage, fallback, ok: false, reason: `fallback ${fallback} ${answers}` }]
    const { outputs, standIns } = takenBy(run.stage, answers, asked, now)
    const replaces = replacedBy(run, answers, asked, now)
    const ofRun = [...new Set(standIns.map((one) => one.run))].join(", ")
    const ageHours = Math.max(...standIns.map((one) => one.ageHours))
    const reason = `fallback ${fallback}, made by run ${ofRun} ${ageHours} h ago`
    return [
      {
        _tag: "FallbackTried",
        stage,
        fallback,
        ok: true,
        reason,
        ofRun,
        ageHours,
        standIns,
        ...(replaces.length === 0 ? {} : { replaces })
      },
      ended(run, outputs, `${whyAsked(asked)}; fallback ${fallback}`, now)
    ]
  })
/** Tries the stage's fallback; answers what to record. A fallback that works leaves the stage `partial`. */
export const tryFallback = (run: StageRun, asked: Asked, tools: FallbackTools): Effect.Effect<Facts, never, StagePorts> =>
  Effect.gen(function* (): Effect.fn.Return<Facts, unknown, StagePorts> {
    const { fallback, stage } = asked
    const body = yield* bodyOf(run, asked, tools)
    if (body === undefined && isEarlierAnswer(fallback)) return yield* takeEarlier(run, asked, tools.now)
    if (body === undefined)
      return [{ _tag: "FallbackTried", stage, fallback, ok: false, reason: `fallback ${fallback} is not known` }]
    const { outputs } = yield* tools.attempt(body)
    const reason = `${whyAsked(asked)}; fallback ${fallback}`
    return [
      { _tag: "FallbackTried", stage, fallback, ok: true, reason: `fallback ${fallback}` },
      ended(run, outputs, reason, tools.now),
      ...(yield* publishAssets(run, outputs, whole, reason))
    ]
  }).pipe(
    Effect.exit,
    Effect.map((exit): Facts => {
      if (Exit.isSuccess(exit)) return exit.value
      const why = tools.failureOf(exit.cause)
      return [
        {
          _tag: "FallbackTried",
          stage: asked.stage,
          fallback: asked.fallback,
          ok: false,
          reason: `and fallback ${asked.fallback} failed too: ${failureText(why)}`
        }
      ]
    })
  )

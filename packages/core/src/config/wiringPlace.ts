/** Where a pipeline of a local plugin wires a stage: what no parameter gives stands there. */
import type { AnyNode, AnyPipeline } from "../authoring/definePipeline.ts"
import type { CodePlace } from "../domain/Diagnostic.ts"
import type { PluginCode } from "../domain/PluginCode.ts"
import { placeIn } from "../planning/checkPlugins.ts"
import { escaped, textOf } from "./codePlace.ts"

interface Wired {
  readonly pipeline: AnyPipeline
  readonly params: unknown
  readonly code: PluginCode | undefined
}
/** The call of `use` for a stage, or the key in it that `path` leads to; undefined for a plugin that is no local module. */
export const wiringPlace = (wired: Wired, stage: string, path: ReadonlyArray<string | number>): CodePlace | undefined => {
  const place = wired.code === undefined ? undefined : placeOfUse(wired, stage)
  return place === undefined ? undefined : within(place, path)
}

/** Built once more, and listened to: nobody pays for it before something is wrong. */
const placeOfUse = ({ code, params, pipeline }: Wired, stage: string): CodePlace | undefined => {
  const calls = new Map<AnyNode, Error>()
  try {
    const node = pipeline.build(params, (used) => void calls.set(used, new Error(stage)))[stage]
    return node === undefined ? undefined : placeIn(calls.get(node), code)
  } catch {
    return undefined
  }
}
/** As deep as the keys are written in the call: what it takes from elsewhere is told at the last of them. */
const within = (call: CodePlace, path: ReadonlyArray<string | number>): CodePlace => {
  const lines = textOf(call.file).split("\n")
  const from = lines.slice(0, call.line - 1).reduce((sum, line) => sum + line.length + 1, 0) + call.column - 1
  const text = lines.join("\n")
  const end = endOfCall(text, from)
  const found = path.reduce<number>((at, key) => {
    const next = new RegExp(String.raw`(?<![\w$.])["']?${escaped(String(key))}["']?\s*[:,}]`, "u").exec(text.slice(at, end))
    return next === null ? at : at + next.index
  }, from)
  const before = text.slice(0, found).split("\n")
  return { file: call.file, line: before.length, column: before.at(-1)!.length + 1 }
}
/** After the bracket that closes the first one. */
const endOfCall = (text: string, from: number): number => {
  let depth = 0
  for (const { 0: bracket, index } of text.slice(from).matchAll(/[()]/gu)) {
    depth += bracket === "(" ? 1 : -1
    if (depth <= 0) return from + index + 1
  }
  return text.length
}

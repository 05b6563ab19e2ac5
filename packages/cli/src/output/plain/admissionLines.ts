/** Whether a run may start, and why: for `can-run`, `run --dry-run` and the summary of a refused run. Pure. */
import { isGood } from "@tetra/core/engine"
import type { Admission, AdmissionReason } from "../../domain.ts"
import { asTyped } from "../typed.ts"
import { glyph, type Look, paint, toneOf } from "./look.ts"
import { hanging, oneLine } from "./text.ts"

/** The run that mends what is missing, and the way around it. `again` is the command that was refused. */
export const mendText = ({ mend }: Admission, again: string): string =>
  `tetra run ${mend.map((name) => `--pipeline ${name}`).join(" ")}, then ${again}; with --force it runs as it is`

/** What is not good enough first. */
export const reasonLines = (reasons: ReadonlyArray<AdmissionReason>, look: Look): ReadonlyArray<string> =>
  [...reasons.filter((reason) => !isGood(reason)), ...reasons.filter(isGood)].flatMap((reason) => {
    const mark = isGood(reason) ? "completed" : "failed"
    const head = `  ${paint(look, toneOf(mark), glyph(look, mark))} `
    const text = `${oneLine(reason.text)}; needed by ${reason.neededBy.join(", ")}`
    return hanging(head, text, look.width)
  })

/**
 * The verdict on a run of these pipelines, its reasons, and what to type when it is no. `again` is the command that would be refused; `forced` runs all
 * the same.
 */
export const admissionLines = (
  admission: Admission,
  { again, forced, pipelines }: { readonly again: string; readonly forced: boolean; readonly pipelines: ReadonlyArray<string> },
  look: Look
): ReadonlyArray<string> => {
  const { reasons, verdict } = admission
  const what = pipelines.join(", ")
  if (verdict === "run") {
    const why = reasons.length === 0 ? "nothing is needed from other pipelines" : "what is needed is there and fresh"
    const mays = paint(look, "good", `${glyph(look, "completed")} ${what} may run`)
    return [`${mays}: ${why}`, ...reasonLines(reasons, look)]
  }
  const head = forced
    ? `${paint(look, "warn", `${glyph(look, "warning")} ${what} runs because of --force`)}, although:`
    : `${paint(look, "bad", `${glyph(look, "failed")} ${what} would be refused`)}:`
  return [
    head,
    ...reasonLines(reasons, look),
    ...(forced ? [] : [`  ${paint(look, "dim", "next")} ${asTyped(mendText(admission, again), look.command)}`])
  ]
}

/** `tetra plugins certify NAME`: tries every stage of a plugin, and says which promises it keeps. */
import process from "node:process"
import type { Certificate, CertifiedStage, Finding } from "@tetra/core/testing"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import { many } from "../../output/plain/amounts.ts"
import { badge, glyph, isLive, type Look, lookOf, paint, toneOf } from "../../output/plain/look.ts"
import { cut, oneLine, padEnd, someLines, wrap } from "../../output/plain/text.ts"
import { type ApartResult, apartVariable, certifyApart } from "../../plugins/certifyApart.ts"
import type { Call } from "../../program.ts"
import { flag, number } from "../../project/open.ts"
import { print, printJson } from "../../project/store.ts"

/** Longest that one check may say nothing. */
const usualSeconds = 120
const named = 34

const findingLines = ({ check, declared, detail, ok }: Finding, look: Look): ReadonlyArray<string> => {
  const mark = !ok ? "failed" : declared === undefined ? "completed" : "partial"
  const head = `    ${paint(look, toneOf(mark), glyph(look, mark))} ${padEnd(oneLine(check), named)}  `
  const told = wrap(
    someLines(declared === undefined ? detail : `${detail}; declared: ${declared}`),
    Math.max(20, (look.width ?? 120) - named - 9)
  )
  return told.map((line, i) => (i === 0 ? head : " ".repeat(named + 8)) + (ok ? paint(look, "dim", line) : line))
}
const stageLines = ({ findings, id, isolation, name }: CertifiedStage, look: Look): ReadonlyArray<string> => [
  `  ${paint(look, "bold", oneLine(name))}  ${oneLine(id)}${isolation === "fiber" ? "" : `, in a ${isolation} of its own`}`,
  ...findings.flatMap((finding) => findingLines(finding, look))
]
const brokenLines = ({ broke }: ApartResult, look: Look): ReadonlyArray<string> =>
  broke === undefined
    ? []
    : [
        badge(
          look,
          "failed",
          `${broke.stage === "" ? "the plugins" : oneLine(broke.stage)} while "${broke.check}" was checked: ${broke.how}`
        ),
        '  a stage gives way (yields or awaits), heeds `signal` and never calls process.exit; else it needs isolation: "thread" or "process"'
      ]

const certificateLines = (certificate: Certificate, look: Look): ReadonlyArray<string> => {
  const { findings, madeUp, plugin, stages, version } = certificate
  const bad = findings.filter(({ ok }) => !ok)
  const all = [...bad, ...stages.flatMap((stage) => stage.findings)]
  const failed = all.filter(({ ok }) => !ok).length
  const declared = all.filter((finding) => finding.ok && finding.declared !== undefined).length
  return [
    `${paint(look, "bold", oneLine(plugin))} ${oneLine(version)}`,
    ...bad.flatMap((finding) => findingLines(finding, look)),
    ...stages.flatMap((stage) => stageLines(stage, look)),
    ...(madeUp.length === 0 ? [] : [`  made up from their types: ${madeUp.join(", ")}; give real ones with --samples FILE`]),
    failed > 0
      ? badge(look, "failed", `${many(failed, "check")} of ${all.length} failed`)
      : badge(
          look,
          "completed",
          `certified: ${many(stages.length, "stage")}, ${many(all.length, "check")}${declared > 0 ? `, ${declared} of them declared` : ""}`
        ),
    ""
  ]
}
const report = (result: ApartResult, look: Look): ReadonlyArray<string> => [
  ...result.certificates.flatMap((certificate) => certificateLines(certificate, look)),
  ...result.unfinished.flatMap((stage) => stageLines(stage, look)),
  ...(result.printed > 0
    ? [`the plugins printed ${many(result.printed, "line")} past the log: use \`log\`, which belongs to the run`]
    : []),
  ...brokenLines(result, look)
]
/** One line on standard error, redrawn; nothing where that cannot be. */
const liveLine = (quiet: boolean): ((line: string) => void) => {
  const look = lookOf(process.stderr, process.env)
  if (quiet || !isLive(process.stderr, process.env)) return () => undefined
  return (line) => void process.stderr.write(`\r\u001B[K${cut(line, (look.width ?? 80) - 1)}`)
}
export const handle = async (call: Call): Promise<ExitCode> => {
  if (process.env[apartVariable] !== undefined) return await (await import("../../plugins/certifyHere.ts")).certifyHere(call)
  const live = liveLine(flag(call, "quiet") || flag(call, "json"))
  const result = await certifyApart(1000 * (number(call, "timeout") ?? usualSeconds), ({ check, stage }) =>
    live(`${stage}: ${check}`)
  )
  live("")
  const { broke, certificates, refused } = result
  if (refused !== undefined)
    throw new Refusal(refused.message, {
      problems: refused.problems,
      ...(refused.hint === undefined ? {} : { hint: refused.hint })
    })
  const ok = broke === undefined && certificates.every((one) => one.ok)
  if (flag(call, "json")) printJson({ ok, certificates, ...(broke === undefined ? {} : { broke }), printed: result.printed })
  else print(report(result, lookOf(process.stdout, process.env)))
  return ok ? exitCodes.completed : exitCodes.failed
}

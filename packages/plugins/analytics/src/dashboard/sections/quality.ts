import { Result } from "effect"
import { share } from "../../insights/text.ts"
import type { Finding } from "../../types.ts"
import { html } from "../html.ts"
import { notAvailable, whyNot, type Material, type Section } from "./Section.ts"

const marks: Record<string, string> = { critical: "●", error: "▲", warning: "◆", info: "○" }
const finding = (f: Finding) =>
  html`<tr>
    <td>
      <span class="severity ${f.severity}"><span aria-hidden="true">${marks[f.severity]}</span> ${f.severity}</span>
    </td>
    <td><code>${f.code}</code></td>
    <td>
      ${f.message}${f.fix !== undefined && html` <span class="muted">Fix: ${f.fix}.</span>`}${
        f.examples.length > 0 &&
        html`<details>
          <summary>${f.examples.length} examples</summary>
          <ul>
            ${f.examples.map((e) => html`<li><code>${e}</code></li>`)}
          </ul>
        </details>`
      }
    </td>
    <td class="number">${share(f.share)}</td>
  </tr>`

export const qualitySection = ({ quality }: Material): Section => {
  if (Result.isFailure(quality))
    return { id: "quality", title: "Quality", charts: [], body: notAvailable("Quality report", whyNot(quality.failure)) }
  const { score, grade, dimensions, findings, checked } = quality.success
  return {
    id: "quality",
    title: "Quality",
    charts: [],
    body: html`<div class="card verdict">
        <div
          class="ring"
          style="--score:${score.toFixed(1)}"
          role="img"
          aria-label="Quality ${score.toFixed(0)} of 100, grade ${grade}"
        >
          <b>${grade}</b><span>${score.toFixed(0)} / 100</span>
        </div>
        <div class="dimensions">
          ${Object.entries(dimensions).map(
            ([name, value]) =>
              html`<div class="dimension">
                <span>${name}</span><span class="bar"><i style="width:${value.toFixed(1)}%"></i></span><b>${value.toFixed(0)}</b>
              </div>`
          )}
        </div>
      </div>
      <div class="card">
        ${
          findings.length === 0
            ? html`<p>None of the ${checked.length} rules found anything.</p>`
            : html`<p class="muted">
                  ${findings.length} findings of ${checked.length} rules, most severe first. The last column is the share of cells
                  or rows that is affected.
                </p>
                <div class="scroll">
                  <table class="findings">
                    <thead>
                      <tr>
                        <th scope="col">Severity</th>
                        <th scope="col">Rule</th>
                        <th scope="col">What</th>
                        <th scope="col" class="number">Share</th>
                      </tr>
                    </thead>
                    <tbody>
                      ${findings.map(finding)}
                    </tbody>
                  </table>
                </div>`
        }
      </div>`
  }
}

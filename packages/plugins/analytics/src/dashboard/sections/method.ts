import { Result } from "effect"
import { html } from "../html.ts"
import { count, facts, whyNot, type Material, type Section } from "./Section.ts"

export const methodSection = ({ source, schema, lineage, quality }: Material): Section => {
  const { reading } = schema
  const delimiter =
    reading.delimiter === undefined
      ? undefined
      : ({ "\t": "TAB", " ": "blank", "\u001f": "none" }[reading.delimiter] ?? reading.delimiter)
  return {
    id: "method",
    title: "Data and method",
    charts: [],
    body: html`<div class="grid two">
        <div class="card">
          <h3>How the file was read</h3>
          ${facts([
            ["file", source.name],
            ["size", `${count(source.bytes)} bytes`],
            ["SHA-256", source.sha256.slice(0, 16)],
            ["format", reading.format],
            ["encoding", reading.encoding],
            ...(delimiter === undefined ? [] : [["delimiter", delimiter] as const]),
            ["header", reading.header ? "first record" : "none"],
            ["records left out", count(reading.rejected)],
            ["records filled up", count(reading.padded)],
            ...(reading.decimalComma ? [["decimals", "with comma"] as const] : []),
            ...(reading.path === undefined ? [] : [["records at", reading.path] as const])
          ])}
        </div>
        <div class="card">
          <h3>What was done to it</h3>
          ${
            Result.isFailure(lineage)
              ? html`<p>Cleaning is not available because ${whyNot(lineage.failure)} The analysis uses the table as loaded.</p>`
              : html`<ul>
                  ${lineage.success.steps.map((s) => html`<li><b>${s.step}</b>: ${s.note}; ${count(s.rowsIn)} to ${count(s.rowsOut)} rows, ${s.columnsIn} to ${s.columnsOut} columns</li>`)}
                </ul>`
          }
        </div>
      </div>
      <div class="card">
        <h3>How numbers were made</h3>
        <ul>
          <li>
            Means, quantiles (type 7), sample variance and moments are exact over all rows; missing cells are left out, never
            filled in.
          </li>
          <li>Outliers lie more than 3 interquartile ranges beyond the quartiles. Skewness is G1, kurtosis G2.</li>
          <li>
            p-values are two-sided; q is Benjamini-Hochberg within one question. A finding needs q below 0.05 and a minimal
            effect.
          </li>
          <li>
            Two groups: Welch's t, Hedges' g. More: Welch's analysis of variance, eta squared. Categories: chi-squared, Cramer's V
            corrected for bias.
          </li>
          <li>"Associated with" never means "causes".</li>
          ${Result.isSuccess(quality) && html`<li>Quality: ${quality.success.checked.length} rules, scored by severity and share affected; an error caps the score at 79.</li>`}
        </ul>
      </div>`
  }
}

import { graded, percent, type Rule } from "../Rule.ts"

/** Rules about the file as a whole: rows, header, width, records that could not be read. */
export const structureRules: ReadonlyArray<Rule> = [
  {
    code: "V01",
    title: "Dataset has rows",
    dimension: "integrity",
    check: ({ schema }) =>
      schema.rows > 0
        ? []
        : [{ severity: "critical", affected: 1, n: 1, threshold: "0 rows", message: "The file has a header and no rows." }]
  },
  {
    code: "V02",
    title: "Enough rows",
    dimension: "integrity",
    check: ({ schema: { rows, columns } }) => {
      if (rows === 0 || (rows >= 30 && rows >= columns.length)) return []
      const few = rows < 10 || rows < columns.length
      return [
        {
          severity: few ? "warning" : "info",
          affected: 1,
          n: 1,
          threshold: "30 rows info; 10 rows or fewer rows than columns warning",
          message: `There are ${rows} rows for ${columns.length} columns: numbers about them are uncertain.`
        }
      ]
    }
  },
  {
    code: "V03",
    title: "Header names",
    dimension: "consistency",
    check: ({ schema: { reading, columns } }) =>
      reading.renamed.length === 0
        ? []
        : [
            {
              severity: "warning",
              affected: reading.renamed.length,
              n: columns.length,
              threshold: "blank, repeated or over 128 characters",
              columns: reading.renamed.map((r) => r.to),
              message: `${reading.renamed.length} column names were blank, repeated or too long and were changed.`,
              examples: reading.renamed.slice(0, 5).map((r) => `"${r.from}" is now "${r.to}"`),
              fix: "rename the columns in the source"
            }
          ]
  },
  {
    code: "V04",
    title: "Header present",
    dimension: "consistency",
    check: ({ schema: { reading, columns } }) =>
      reading.header
        ? []
        : [
            {
              severity: "info",
              affected: 1,
              n: 1,
              threshold: "no header",
              message: `The file has no header: its columns are called column_1 to column_${columns.length}.`,
              fix: "add a header line"
            }
          ]
  },
  {
    code: "V05",
    title: "Width",
    dimension: "integrity",
    check: ({ schema: { columns } }) =>
      columns.length <= 500
        ? []
        : [
            {
              severity: columns.length > 5000 ? "error" : "info",
              affected: 1,
              n: 1,
              threshold: "500 columns info, 5000 error",
              message: `The table is ${columns.length} columns wide.`
            }
          ]
  },
  {
    code: "V06",
    title: "Duplicate rows",
    dimension: "uniqueness",
    check: ({ schema: { rows }, duplicateRows }) => {
      const severity =
        rows === 0
          ? undefined
          : graded(duplicateRows / rows, [
              [0, "info"],
              [0.01, "warning"],
              [0.1, "error"]
            ])
      return severity === undefined
        ? []
        : [
            {
              severity,
              affected: duplicateRows,
              n: rows,
              threshold: "any info, 1% warning, 10% error",
              message: `${duplicateRows} rows (${percent(duplicateRows / rows)}) repeat an earlier row in every column.`,
              fix: "drop duplicate rows"
            }
          ]
    }
  },
  {
    code: "V07",
    title: "Duplicate columns",
    dimension: "uniqueness",
    check: ({ schema: { columns }, equalColumns }) =>
      equalColumns.map(([a, b]) => ({
        severity: "warning",
        columns: [a, b],
        affected: 1,
        n: columns.length,
        threshold: "equal content",
        message: `"${b}" holds the same cells as "${a}".`,
        fix: `drop ${b}`
      }))
  },
  {
    code: "V10",
    title: "Rejected or ragged records",
    dimension: "integrity",
    check: ({ schema: { rows, reading } }) => {
      const broken =
        reading.rejects.every((r) => r.error === "unquoted value") && reading.rejects.length === reading.rejected
          ? 0
          : reading.rejected
      const affected = broken + reading.padded
      const severity = graded(affected / Math.max(1, rows + reading.rejected), [
        [0, "warning"],
        [0.01, "error"]
      ])
      return severity === undefined
        ? []
        : [
            {
              severity,
              affected,
              n: rows + reading.rejected,
              threshold: "any warning, 1% error",
              message: `${reading.rejected} records were left out (too many cells or broken quotes) and ${reading.padded} short ones were filled up with missing cells.`,
              examples: reading.rejects.map((r) => `line ${r.line}: ${r.error}: ${r.text.slice(0, 80)}`),
              fix: "mend these lines in the source"
            }
          ]
    }
  },
  {
    code: "V11",
    title: "Unbalanced quotes",
    dimension: "integrity",
    check: ({ schema: { rows, reading } }) => {
      const quotes = reading.rejects.filter((r) => r.error === "unquoted value")
      return quotes.length === 0
        ? []
        : [
            {
              severity: "error",
              affected: quotes.length,
              n: rows + reading.rejected,
              threshold: "any",
              message: `Quotes do not balance, first on line ${quotes[0]!.line}; such records were left out.`,
              examples: quotes.map((r) => `line ${r.line}: ${r.text.slice(0, 80)}`),
              fix: "double the quotes inside these cells"
            }
          ]
    }
  },
  {
    code: "V12",
    title: "Encoding",
    dimension: "validity",
    check: ({ source, schema }) => {
      const spoilt = schema.columns.filter((c) => c.evidence.mojibake > 0)
      const cells = spoilt.reduce((s, c) => s + c.evidence.mojibake, 0)
      if (cells > 0) {
        return [
          {
            severity: "error",
            columns: spoilt.map((c) => c.name),
            affected: cells,
            n: schema.rows * spoilt.length,
            threshold: "U+FFFD or text decoded twice: error",
            message: `${cells} cells hold replacement characters or text that was decoded with the wrong encoding.`,
            fix: "export the file again as UTF-8"
          }
        ]
      }
      return source.encoding === "windows-1252"
        ? [
            {
              severity: "warning",
              affected: 1,
              n: 1,
              threshold: "not UTF-8: warning",
              message: "The file is not UTF-8; it was read as windows-1252. Check accented letters.",
              fix: "export the file again as UTF-8"
            }
          ]
        : []
    }
  },
  {
    code: "V42",
    title: "Class imbalance",
    dimension: "validity",
    check: ({ classes, schema }) => {
      if (classes === undefined || classes.length < 2) return []
      const n = classes.reduce((s, c) => s + c.n, 0)
      const least = classes.reduce((a, b) => (b.n < a.n ? b : a))
      const target = schema.columns.find((c) => c.role === "target")!.name
      const severity = least.n < 5 ? "error" : least.n / n < 0.01 ? "warning" : least.n / n < 0.1 ? "info" : undefined
      return severity === undefined
        ? []
        : [
            {
              severity,
              columns: [target],
              affected: least.n,
              n,
              threshold: "smallest class under 10% info, 1% warning, 5 rows error",
              message: `Class "${least.label}" of "${target}" has ${least.n} of ${n} rows (${percent(least.n / n)}).`
            }
          ]
    }
  }
]

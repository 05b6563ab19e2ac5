export interface NamedColumn {
  readonly name: string
  readonly label: string
}
const reserved = "_row"

/**
 * Names for `width` columns: trimmed, NFC, blanks become `column_k` (from 1), repeats get `_2`, `_3`. Names that differ in
 * case only are repeats, for SQL does not tell them apart. `label` keeps the header as written.
 */
export const columnNames = (headers: ReadonlyArray<string>, width: number) => {
  const taken = new Set([reserved])
  const renamed: Array<{ readonly from: string; readonly to: string }> = []
  const columns: ReadonlyArray<NamedColumn> = Array.from({ length: width }, (_, i) => {
    const label = headers[i] ?? ""
    const wanted = label.normalize("NFC").trim().replaceAll(/\s+/g, " ").slice(0, 128)
    const base = wanted === "" ? `column_${i + 1}` : wanted
    let name = base
    for (let k = 2; taken.has(name.toLowerCase()); k++) name = `${base}_${k}`
    taken.add(name.toLowerCase())
    if (headers.length > 0 && name !== label.trim()) renamed.push({ from: label, to: name })
    return { name, label: label.trim() === "" ? name : label }
  })
  return { columns, renamed }
}

/** What a folder holds: which file has the bars of which symbol, and what lies beside them. */
import { createHash } from "node:crypto"
import { existsSync, readdirSync, statSync } from "node:fs"
import { basename, dirname, extname, join, resolve } from "node:path"
import { headLines, plainName, sniffDelimiter, splitLine } from "./csvText.ts"

const dataExtensions = new Set([".csv", ".tsv", ".txt", ".parquet"])
const symbolNames = new Set(["symbol", "ticker", "sym", "instrument"])
/** Files beside the bars that hold something else. */
const otherNames = /^(corporate_actions|actions|economic|economic_data|events|news)$/

export interface BarFile {
  readonly path: string
  readonly parquet: boolean
  readonly delimiter: string
  /** Header names as they stand; of a Parquet file they are asked for later. */
  readonly header: ReadonlyArray<string>
  /** Numbers are written with a decimal comma. */
  readonly decimalComma: boolean
}
/** What lies beside the bars. */
export interface Companions {
  readonly actions: string | undefined
  readonly factors: ReadonlyMap<string, string>
  readonly economic: ReadonlyArray<string>
  readonly events: string | undefined
  readonly news: string | undefined
}
export interface FolderLayout {
  /** One file a symbol, by symbol in upper case. */
  readonly bySymbol: ReadonlyMap<string, BarFile>
  /** Files with a symbol column. */
  readonly long: ReadonlyArray<BarFile>
  readonly parquet: ReadonlyArray<BarFile>
  /** Changes when a file does. */
  readonly fingerprint: string
}
const symbolOf = (path: string): string => basename(path, extname(path)).toUpperCase()
const isFile = (path: string) => existsSync(path) && statSync(path).isFile()
const filesIn = (folder: string): ReadonlyArray<string> =>
  existsSync(folder) && statSync(folder).isDirectory()
    ? readdirSync(folder)
        .filter((name) => dataExtensions.has(extname(name).toLowerCase()) && !name.startsWith("."))
        .sort()
        .map((name) => join(folder, name))
    : []

const describeFile = (path: string): BarFile => {
  if (extname(path).toLowerCase() === ".parquet") return { path, parquet: true, delimiter: "", header: [], decimalComma: false }
  const lines = headLines(path)
  const delimiter = sniffDelimiter(lines)
  const cells = lines.slice(1).flatMap((line) => splitLine(line, delimiter))
  const decimalComma =
    delimiter !== "," &&
    cells.some((cell) => /^-?\d+,\d+$/.test(cell.trim())) &&
    !cells.some((cell) => /^-?\d+\.\d+$/.test(cell.trim()))
  return {
    path,
    parquet: false,
    delimiter,
    header: lines.length === 0 ? [] : splitLine(lines[0]!, delimiter).map((name) => name.trim()),
    decimalComma
  }
}
export const hasSymbolColumn = (header: ReadonlyArray<string>): boolean => header.some((name) => symbolNames.has(plainName(name)))
export const isSymbolName = (name: string): boolean => symbolNames.has(plainName(name))

/** Looks for a companion in the folder of the bars, then beside it. */
const companion = (folder: string, names: ReadonlyArray<string>): string | undefined =>
  names.flatMap((name) => [join(folder, name), join(dirname(folder), name)]).find(isFile)
const companions = (folder: string, name: string): ReadonlyArray<string> => {
  const inside = filesIn(join(folder, name))
  return inside.length > 0 ? inside : filesIn(join(dirname(folder), name))
}

/** The folder of the bars, and the single file when `path` names one. Fails when there is none, and says what to do. */
export const rootOf = (path: string): { readonly folder: string; readonly single: string | undefined } => {
  if (path === "")
    throw new Error(
      'path is empty. Set it to a folder with one CSV or Parquet file a symbol, or to one long file: path: "./data".'
    )
  const root = resolve(path)
  if (!existsSync(root))
    throw new Error(`${path} does not exist. Set path to a folder with one CSV or Parquet file a symbol, or to one long file.`)
  return statSync(root).isFile() ? { folder: dirname(root), single: root } : { folder: root, single: undefined }
}
/** The text file of a symbol by its name alone: a folder of thousands need not be looked through for each. */
export const fileNamed = (folder: string, symbol: string): BarFile | undefined => {
  const names = [symbol, symbol.toLowerCase()].flatMap((name) =>
    [".csv", ".tsv", ".txt"].map((extension) => join(folder, `${name}${extension}`))
  )
  const found = otherNames.test(symbol.toLowerCase()) ? [] : [...new Set(names.filter(isFile))]
  // Two files of one symbol are reported by `readLayout`.
  if (found.length !== 1) return undefined
  const file = describeFile(found[0]!)
  return hasSymbolColumn(file.header) ? undefined : file
}
export const companionsOf = (folder: string): Companions => {
  const flat = companion(folder, ["economic_data.csv", "economic.csv"])
  return {
    actions: companion(folder, ["corporate_actions.csv", "actions.csv", join("events", "corporate_actions.csv")]),
    factors: new Map(companions(folder, "factors").map((file) => [symbolOf(file), file])),
    economic: flat === undefined ? companions(folder, "economic").filter((file) => extname(file) === ".csv") : [flat],
    events: companion(folder, ["events.csv", join("events", "events.csv")]),
    news: companion(folder, ["news.csv", join("news", "news.csv")])
  }
}
const fingerprintOf = (paths: ReadonlyArray<string>): string => {
  const hash = createHash("sha256")
  for (const file of paths) {
    const { size, mtimeMs } = statSync(file)
    hash.update(`${basename(file)}:${size}:${mtimeMs}\n`)
  }
  return hash.digest("hex").slice(0, 16)
}
/** Reads names and headers only. */
export const readLayout = ({ folder, single }: ReturnType<typeof rootOf>, beside: Companions): FolderLayout => {
  const paths =
    single === undefined
      ? filesIn(folder).filter((file) => !otherNames.test(basename(file, extname(file)).toLowerCase()))
      : [single]
  if (paths.length === 0)
    throw new Error(
      `${folder} holds no .csv, .tsv, .txt or .parquet file. Put one file a symbol there (SPY.csv), or name another folder.`
    )
  const files = paths.map(describeFile)
  const long = files.filter((file) => hasSymbolColumn(file.header))
  const bySymbol = new Map<string, BarFile>()
  for (const file of files) {
    if (long.includes(file)) continue
    const symbol = symbolOf(file.path)
    const other = bySymbol.get(symbol)
    if (other !== undefined)
      throw new Error(`${basename(other.path)} and ${basename(file.path)} both hold ${symbol}. Remove one of them.`)
    bySymbol.set(symbol, file)
  }
  const { actions, factors, economic, events, news } = beside
  const all = [...paths, actions, ...factors.values(), ...economic, events, news].filter((file) => file !== undefined)
  return { bySymbol, long, parquet: files.filter((file) => file.parquet), fingerprint: fingerprintOf(all) }
}

/**
 * Reads a `.env` file: `NAME=value` lines, with or without `export`, `#` comments (after blank space in an unquoted value), `'literal'`
 * and `"with \n escapes"`; quoted values may span lines. A line that is none of these is skipped: the file belongs to other tools too.
 */
export const dotEnv = (text: string): Readonly<Record<string, string>> => {
  const values: Record<string, string> = {}
  const line =
    /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(?:'([^']*)'|"((?:\\[^]|[^"\\])*)"|([^\r\n]*?))[ \t]*(?:(?<=[\s'"=])#[^\r\n]*)?$/gm
  for (const [, name, single, double, bare] of text.replaceAll("\r\n", "\n").matchAll(line)) {
    values[name!] = single ?? (double === undefined ? bare!.trim() : unescaped(double))
  }
  return values
}
const unescaped = (text: string) =>
  text.replaceAll(/\\([^])/g, (_, char: string) => ({ n: "\n", r: "\r", t: "\t", "\n": "" })[char] ?? char)

/** What a built package exports, read from its declarations with the compiler. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { API, type Checker, type Project, type Symbol as TsSymbol } from "typescript/unstable/sync"
import { type Node, SyntaxKind } from "typescript/unstable/ast"

/** An exported name: what is said of it, and how it is declared, once as a type and once as a value where it is both. */
export interface Declaration {
  readonly name: string
  readonly doc: string
  readonly code: ReadonlyArray<string>
  /** File name of the module that declares it, without its ending. */
  readonly module: string
  /** Names of the package that its declaration speaks of. */
  readonly speaksOf: ReadonlySet<string>
}

/** The statement of a declaration: a name may stand in the middle of one. */
const statementOf = (node: Node): Node =>
  node.parent === undefined || node.parent.kind === SyntaxKind.SourceFile ? node : statementOf(node.parent)
const namesIn = (node: Node): ReadonlyArray<Node> => {
  const found: Array<Node> = []
  const visit = (one: Node): void => {
    if (one.kind === SyntaxKind.Identifier) found.push(one)
    one.forEachChild(visit)
  }
  visit(node)
  return found
}
const isAlias = (symbol: TsSymbol): boolean =>
  (symbol.declarations ?? []).some(({ kind }) => kind === SyntaxKind.ExportSpecifier || kind === SyntaxKind.ImportSpecifier)
const targetOf = (checker: Checker, symbol: TsSymbol): TsSymbol => (isAlias(symbol) ? checker.getAliasedSymbol(symbol) : symbol)
/** Without what says that it is exported: everything here is. */
const trimmed = (code: string): string => code.replace(/^export\s+/u, "").replace(/^declare\s+/u, "")

const declarationOf = (project: Project, exported: TsSymbol, folder: string): Declaration => {
  const { checker } = project
  const symbol = targetOf(checker, exported)
  const nodes = (symbol.declarations ?? []).flatMap((handle) => handle.resolve(project) ?? [])
  const statements = [...new Set(nodes.map(statementOf))]
  const spoken = statements.flatMap(namesIn)
  const own = checker
    .getSymbolAtLocation(spoken)
    .flatMap((one) => (one === undefined ? [] : [targetOf(checker, one)]))
    .filter((one) => one !== symbol && (one.declarations ?? []).some(({ path }) => path.startsWith(folder)))
    // Parts of other declarations (parameters, members) are no names of the package.
    .filter((one) => (one.declarations ?? []).every((handle) => isTopLevel(handle.resolve(project))))
  return {
    name: exported.name,
    doc: checker.getDocumentationCommentOfSymbol(symbol).trim(),
    code: statements.map((one) => trimmed(one.getText())),
    module: /([^/]+)\.d\.ts$/u.exec(symbol.declarations?.[0]?.path ?? "")?.[1] ?? "",
    speaksOf: new Set(own.map((one) => one.name))
  }
}
const topLevel = new Set([
  SyntaxKind.InterfaceDeclaration,
  SyntaxKind.TypeAliasDeclaration,
  SyntaxKind.ClassDeclaration,
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.VariableDeclaration
])
const isTopLevel = (node: Node | undefined): boolean =>
  node !== undefined && topLevel.has(node.kind) && statementOf(node).parent?.kind === SyntaxKind.SourceFile

/** The exports of each door, in the order in which they are written. `project`: the file that says how the doors are compiled. */
export const declarationsOf = (
  project: string,
  doors: Readonly<Record<string, string>>
): Readonly<Record<string, ReadonlyArray<Declaration>>> => {
  const api = new API()
  try {
    const [opened] = api.updateSnapshot({ openProjects: [project] }).getProjects()
    if (opened === undefined) throw new Error(`${project} does not open`)
    return Object.fromEntries(
      Object.entries(doors).map(([door, file]) => {
        const source = opened.program.getSourceFile(file)
        if (source === undefined) throw new Error(`${file} is not there: build first`)
        const module = opened.checker.getSymbolAtLocation(source)
        const folder = join(file, "..")
        const text = readFileSync(file, "utf8")
        const exports = module === undefined ? [] : opened.checker.getExportsOfModule(module)
        const inOrder = [...exports].sort((a, b) => placeOf(text, a.name) - placeOf(text, b.name))
        return [door, inOrder.map((one) => declarationOf(opened, one, folder))]
      })
    )
  } finally {
    api.close()
  }
}
const placeOf = (text: string, name: string): number => text.search(new RegExp(`\\b${name}\\b`, "u"))

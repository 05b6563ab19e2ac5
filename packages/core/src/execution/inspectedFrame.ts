/** Where code is that nothing was thrown from: V8 knows it, and tells its inspector. Asked when something has failed, never before. */
import type { Session } from "node:inspector"

interface Location {
  readonly scriptId: string
  readonly lineNumber: number
  readonly columnNumber?: number
}
const handed = Symbol.for("tetra/inspected")
/** By the number of a script: numbers are not given out twice. Filled when one is unknown, which takes as long as there are scripts: 100 ms. */
const files = new Map<string, string>()
const fileOf = (session: Session, scriptId: string): string | undefined => {
  if (!files.has(scriptId)) {
    session.on("Debugger.scriptParsed", ({ params }) => files.set(params.scriptId, params.url))
    session.post("Debugger.enable")
    session.post("Debugger.disable")
  }
  return files.get(scriptId)
}
/** In this thread the inspector answers before `post` comes back. */
const locationOf = (session: Session, code: object): Location | undefined => {
  let found: Location | undefined
  const holder = globalThis as { [handed]?: object }
  holder[handed] = code
  session.post("Runtime.evaluate", { expression: `globalThis[Symbol.for("tetra/inspected")]` }, (_, answer) => {
    const objectId = answer?.result?.objectId
    if (objectId === undefined) return
    session.post("Runtime.getProperties", { objectId, ownProperties: true }, (_error, properties) => {
      const place = properties?.internalProperties?.find(({ name }) => /^\[\[(?:Generator|Function)Location\]\]$/u.test(name))
      found = place?.value?.value as Location | undefined
    })
  })
  Reflect.deleteProperty(holder, handed)
  return found
}
/**
 * As a line of a stack: of a generator where it was left at a `yield`, of a function where it begins. Undefined for a generator that has ended, and where
 * nobody can tell.
 */
export const inspectedFrame = (code: object): string | undefined => {
  try {
    const inspector: typeof import("node:inspector") | undefined = process.getBuiltinModule("node:inspector")
    if (inspector === undefined) return undefined // a Node that was built without it
    const session = new inspector.Session()
    try {
      session.connect()
      const location = locationOf(session, code)
      const file = location === undefined ? undefined : fileOf(session, location.scriptId)
      if (location === undefined || file === undefined || file === "") return undefined
      return `    at run (${file}:${location.lineNumber + 1}:${(location.columnNumber ?? 0) + 1})`
    } finally {
      session.disconnect()
    }
  } catch {
    return undefined
  }
}

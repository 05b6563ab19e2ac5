/** Places in files, as people read them. */
import { isAbsolute, relative } from "node:path"
import process from "node:process"
import type { CodePlace, Diagnostic } from "@tetra/core/engine"

/** As people type it: from the working folder, when it lies there. */
export const shownFile = (file: string): string => {
  const near = relative(process.cwd(), file)
  return near === "" || near.startsWith("..") || isAbsolute(near) ? file : near
}
export const placeText = ({ column, file, line }: CodePlace): string => `${shownFile(file)}:${line}:${column}`
/** Where to mend it: the line of the module, when it is one, else where the configuration speaks of it. */
export const whereOf = ({ code, where }: Diagnostic): string => (code === undefined ? where : placeText(code))

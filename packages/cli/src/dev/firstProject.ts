/** The project as soon as it can be loaded: what stands against it is told, and every save is another try. */
import { filesNow, filesOf, type Project } from "@tetra/core/engine"
import { type Watching, watchFiles } from "@tetra/daemon/reload"
import type { Problem } from "@tetra/tui"
import { problemsOf } from "../reload/problems.ts"
import { watchOptions } from "./watchOptions.ts"

export interface First {
  readonly configFile: string
  readonly root: string
  readonly read: () => Promise<Project>
  readonly refused: (problems: ReadonlyArray<Problem>) => void
}
/** A project whose files are watched since before they were read: nothing that is saved meanwhile is missed. */
export interface Watched {
  readonly project: Project
  /** From now on this is called for each save, instead; it answers the project in force. */
  readonly onSaved: (saved: () => Promise<Project>) => void
  readonly close: () => void
}
export const firstProject = async ({ configFile, read, refused, root }: First): Promise<Watched> =>
  await new Promise((resolve) => {
    // What watches holds no process.
    const alive = setInterval(() => undefined, 2 ** 30)
    const tried = async (): Promise<void> => {
      try {
        const project = await read()
        watching.refresh(filesOf(project))
        resolve({ project, close, onSaved: (next) => (saved = () => next().then((now) => watching.refresh(filesOf(now)))) })
        saved = () => Promise.resolve(watching.again())
      } catch (error) {
        refused(problemsOf(error))
        watching.refresh(filesNow(configFile, root))
      }
    }
    let saved = tried
    const watching: Watching = watchFiles(filesNow(configFile, root), () => saved(), watchOptions)
    const close = (): void => {
      clearInterval(alive)
      watching.close()
    }
    watching.again()
  })

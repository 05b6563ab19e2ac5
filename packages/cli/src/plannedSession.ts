/** A session that nobody typed as it is: planned from the project in force. */
import { planRun, type Project, type RunRequest } from "@tetra/core/engine"
import { recorded, secretsAmong } from "@tetra/daemon/runs"
import { storePlaceOf } from "./project/open.ts"
import { perform } from "./runtime.ts"
import type { Session } from "./session.ts"

interface Asked extends Pick<Session, "output" | "detail" | "typed"> {
  readonly project: Project
  readonly request: RunRequest
  /** It runs in this process, whatever server there is. */
  readonly standalone?: boolean
}
/** Refused when the request does not fit the project. */
export const plannedSession = async ({ detail, output, project, request, standalone, typed }: Asked): Promise<Session> => {
  const built = await perform(planRun(project, request))
  return {
    ...storePlaceOf(project),
    built,
    configVersion: project.configVersion,
    params: recorded(request, secretsAmong(request, built.plan)),
    resume: undefined,
    commandId: undefined,
    ifRunning: undefined,
    typed,
    output,
    ...(standalone === true ? {} : { served: { request } }),
    detail
  }
}

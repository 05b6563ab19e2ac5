/** What stands at the head of every file: where it comes from, what it says exactly, and what it cannot say. */
import type { DeployContext, Timed } from "./Target.ts"

/** How one schedule is expressed. */
export interface Told {
  readonly id: string
  /** `exact`: started when it is due, and never else. `gated`: started more often, and `tetra run --schedule` ends at once. */
  readonly how: "exact" | "gated" | "left"
  readonly text: string
}
/** Of what a schedule can say, what no scheduler can: the gate and the daemon do it. */
const neverSaid =
  "holidays, sessions, waiting for upstream runs, catch-up, queueing and jitter are decided by `tetra run --schedule`"

export const headerLines = (
  target: Timed | "docker",
  { configVersion, environment, root, version }: DeployContext,
  told: ReadonlyArray<Told>
): ReadonlyArray<string> =>
  [
    `Written by tetra ${version}: tetra deploy ${target}. Change the configuration and write it again instead of editing it.`,
    `Project ${root}${environment === undefined ? "" : `, environment ${environment}`}, configuration ${configVersion}.`,
    ...told.map(({ how, id, text }) => `${id}: ${how === "left" ? "cannot be expressed" : how}; ${text}`),
    ...(told.length === 0 ? [] : [`Gated: ${neverSaid}.`])
    // A cron text may go over several lines; the rest of a comment would be read as something else.
  ].map((line) => line.replaceAll(/\s+/gu, " "))

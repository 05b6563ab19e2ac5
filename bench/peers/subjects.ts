import type { Subject } from "./Subject.ts"

/** By the name that the command line knows. Loaded one at a time: nobody pays for the code of another. */
export const subjects: Readonly<Record<string, () => Promise<Subject>>> = {
  "tetra-sqlite": async () => (await import("./subjects/tetra.ts")).tetraOnSqlite,
  "tetra-postgres": async () => (await import("./subjects/tetra.ts")).tetraOnPostgres,
  dbos: async () => (await import("./subjects/dbos.ts")).dbos,
  "pg-boss": async () => (await import("./subjects/pgBoss.ts")).pgBoss,
  "pg-boss-sharing": async () => (await import("./subjects/pgBoss.ts")).pgBossSharing,
  "graphile-worker": async () => (await import("./subjects/graphileWorker.ts")).graphileWorker,
  restate: async () => (await import("./subjects/restate.ts")).restate,
  effect: async () => (await import("./subjects/effect.ts")).plainEffect
}

import type { TestProject } from "vitest/node"
import { startServer } from "./server.ts"

declare module "vitest" {
  interface ProvidedContext {
    /** Address of the server's own database. */
    postgresUrl: string
  }
}
/** One server for the whole run; every test has databases of its own. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const server = await startServer()
  project.provide("postgresUrl", server.url("postgres"))
  return server.remove
}

/** docs/how-to/postgres.md, against a real server. */
import { join } from "node:path"
import { it } from "vitest"
import { playPage } from "../docs/support/playPage.ts"
import { freshDatabase } from "./support/server.ts"
import { shared } from "./support/store.ts"

it("moves the state of a project as the page says", async () => {
  const page = join(import.meta.dirname, "..", "..", "docs", "how-to", "postgres.md")
  await playPage(page, { env: { TETRA_DATABASE_URL: await freshDatabase(shared) } })
})

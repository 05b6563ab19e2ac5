/** `npm run site`: the documentation as pages in `site/`, to open in a browser or to put on any server. */
import { dirname, join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { buildSite } from "./site/build.ts"

const root = join(dirname(fileURLToPath(import.meta.url)), "..")
const count = buildSite(root, join(root, "site"))
process.stdout.write(`${count} pages: open ${join(root, "site", "index.html")}\n`)

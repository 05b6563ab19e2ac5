import { execFile } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { promisify } from "node:util"

const run = promisify(execFile)

/** What a page is after its scripts ran, and everything that it wrote to the console. */
export interface OpenedPage {
  readonly dom: string
  readonly console: ReadonlyArray<string>
}

/**
 * Opens a file in headless Chromium, without network, and lets two seconds of page time pass. What is drawn when it is
 * scrolled to is drawn in a window of that `height`. `script` runs at the end of the page, as a user who clicks would.
 */
export const openPage = async (file: string, { script = "", height = 2000 } = {}): Promise<OpenedPage> => {
  const profile = mkdtempSync(join(tmpdir(), "tetra-browser-"))
  const acted = join(profile, "page.html")
  if (script !== "") writeFileSync(acted, `${readFileSync(file, "utf8")}<script>${script}</script>`)
  try {
    const { stderr, stdout } = await run(
      process.env["CHROMIUM"] ?? "chromium",
      [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        `--user-data-dir=${profile}`,
        "--enable-logging=stderr",
        "--virtual-time-budget=2000",
        `--window-size=1280,${height}`,
        "--dump-dom",
        pathToFileURL(script === "" ? file : acted).href
      ],
      { maxBuffer: 64 * 1024 * 1024, timeout: 120_000 }
    )
    return { dom: stdout, console: stderr.split("\n").filter((line) => /CONSOLE/.test(line)) }
  } finally {
    rmSync(profile, { recursive: true, force: true })
  }
}

import { execFile } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
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

/** Opens a file in headless Chromium, without network, and lets two seconds of page time pass. */
export const openPage = async (file: string): Promise<OpenedPage> => {
  const profile = mkdtempSync(join(tmpdir(), "tetra-browser-"))
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
        "--window-size=1280,2000",
        "--dump-dom",
        pathToFileURL(file).href
      ],
      { maxBuffer: 64 * 1024 * 1024, timeout: 120_000 }
    )
    return { dom: stdout, console: stderr.split("\n").filter((line) => /CONSOLE/.test(line)) }
  } finally {
    rmSync(profile, { recursive: true, force: true })
  }
}

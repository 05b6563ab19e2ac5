/** docs/how-to: each page is played from its first block to its last. */
import { spawnSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"
import { playPage } from "./support/playPage.ts"

const folder = join(import.meta.dirname, "..", "..", "docs", "how-to")
const page = (name: string) => join(folder, `${name}.md`)
const hasGit = spawnSync("git", ["--version"]).status === 0

/** What stands for Slack: takes everything, and keeps it. */
const slackServer = async () => {
  const bodies: Array<string> = []
  const server = createServer((request, response) => {
    let body = ""
    request.setEncoding("utf8").on("data", (chunk: string) => void (body += chunk))
    request.on("end", () => {
      bodies.push(body)
      response.end("ok")
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => void server.close())
  return { bodies, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` }
}

describe("the how-to pages", { timeout: 400_000 }, () => {
  it("are all listed", () => {
    const pages = readdirSync(folder).filter((name) => name.endsWith(".md") && name !== "README.md")
    const listed = [...readFileSync(page("README"), "utf8").matchAll(/\]\(([\w-]+\.md)\)/gu)].map(([, name]) => name!)
    expect(listed.toSorted()).toEqual(pages.toSorted())
  })
  it.each(["csv-folder", "indicator", "strategy", "backfill", "analytics-stage", "secret"])("%s", async (name) => {
    await playPage(page(name))
  })
  it.skipIf(!hasGit)("ci", async () => {
    await playPage(page("ci"))
  })
  it("server-schedule", async () => {
    await playPage(page("server-schedule"), { last: "tetra stop --now" })
  })
  it("slack-alert", async () => {
    const { bodies, url } = await slackServer()
    await playPage(page("slack-alert"), {
      env: { SLACK_WEBHOOK_URL: url },
      // The page's own address is public; this one is not, and would be refused.
      edit: (_, text) => text.replace(/webhook_url: "[^"]*"/u, `$&, allow_private: true`)
    })
    expect(bodies.map((body) => (JSON.parse(body) as { readonly text: string }).text)).toEqual([
      expect.stringMatching(/^\[TEST\]/u)
    ])
  })
})

/** A registry for what was just packed, on this machine only: everything else comes from where the package manager looks anyhow. */
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { basename } from "node:path"
import { manifestIn } from "./tarball.ts"

/** Package managers may hold back what was published within the last days. */
const published = "2026-01-01T00:00:00.000Z"

const description = (tarball: string, address: string) => {
  const manifest = manifestIn(tarball)
  const bytes = readFileSync(tarball)
  const dist = {
    tarball: `${address}tarballs/${basename(tarball)}`,
    integrity: `sha512-${createHash("sha512").update(bytes).digest("base64")}`,
    shasum: createHash("sha1").update(bytes).digest("hex")
  }
  return {
    name: manifest.name,
    "dist-tags": { latest: manifest.version },
    versions: { [manifest.version]: { ...manifest, dist } },
    time: { created: published, modified: published, [manifest.version]: published }
  }
}
export interface Registry {
  /** Ends with a slash. */
  readonly address: string
  readonly close: () => Promise<void>
}
export const startRegistry = async (tarballs: ReadonlyArray<string>): Promise<Registry> => {
  const names = new Map(tarballs.map((tarball) => [manifestIn(tarball).name, tarball]))
  const files = new Map(tarballs.map((tarball) => [`tarballs/${basename(tarball)}`, tarball]))
  let address = ""
  const server: Server = createServer((request, response) => {
    const asked = decodeURIComponent((request.url ?? "/").slice(1))
    const [name, file] = [names.get(asked), files.get(asked)]
    if (file !== undefined) response.writeHead(200, { "content-type": "application/octet-stream" }).end(readFileSync(file))
    else if (name !== undefined)
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(description(name, address)))
    else response.writeHead(404, { "content-type": "application/json" }).end("{}")
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { address, close }
}

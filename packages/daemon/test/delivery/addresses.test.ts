import type { LookupAddress } from "node:dns"
import { describe, expect, it } from "vitest"
import { allowedUrl, isPrivate, lookupAllowed } from "../../src/delivery/addresses.ts"
import { sendThrough } from "./aChannel.ts"
import { httpSink } from "./sinks/httpSink.ts"

describe("where a message may be posted to (ssrf-table)", () => {
  it.each([
    "https://127.0.0.1/",
    "https://0x7f.1/",
    "https://2130706433/",
    "https://0177.0.0.1/",
    "https://10.1.2.3/",
    "https://192.168.0.1/",
    "https://172.31.255.255/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://0.0.0.0/",
    "https://224.0.0.1/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:a00:1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[fe80::1]/",
    "https://[fd00::1]/",
    "http://example.com/",
    "file:///etc/passwd",
    "not a url"
  ])("is not %s", (url) => {
    expect(() => allowedUrl(url, false)).toThrow(expect.objectContaining({ retryable: false }))
  })
  it("is a public address over https; private ones when the configuration says so", () => {
    expect(allowedUrl("https://hooks.example.com/x", false).hostname).toBe("hooks.example.com")
    expect(allowedUrl("https://8.8.8.8/", false).hostname).toBe("8.8.8.8")
    expect(allowedUrl("http://127.0.0.1:80/", true).hostname).toBe("127.0.0.1")
    expect([isPrivate("8.8.8.8"), isPrivate("2606:4700::1111")]).toEqual([false, false])
  })
  it("is not a name that stands for a private address, at any connection (rebinding)", async () => {
    const answers: Array<ReadonlyArray<LookupAddress>> = [
      [{ address: "93.184.216.34", family: 4 }],
      [
        { address: "93.184.216.34", family: 4 },
        { address: "127.0.0.1", family: 4 }
      ]
    ]
    const look = (_host: string, _options: object, answer: (error: null, found: unknown) => void) => answer(null, answers.shift())
    const lookup = lookupAllowed(look as never)
    const found = async () =>
      await new Promise((resolve) => {
        lookup("rebind.example", {}, (error, address) => resolve(error?.message ?? address))
      })
    expect(await found()).toBe("93.184.216.34")
    expect(await found()).toContain("rebind.example (127.0.0.1) is an address of a private network")
  })
  it("is not localhost by its name: nothing arrives there", async () => {
    const sink = await httpSink()
    const url = `https://localhost:${sink.port}/`
    expect(await sendThrough({ webhook: { url } }, "webhook")).toMatchObject({ retryable: false })
    expect(sink.taken).toEqual([])
    await sink.close()
  })
})

import { describe, expect, it } from "vitest"
import { type Access, loopbackHosts, refused } from "../../src/api/guard.ts"

const access: Access = { token: "secret", hosts: loopbackHosts }
const bearer = { authorization: "Bearer secret" }
const asked = (headers: Readonly<Record<string, string>>, url = "/api/v1/runs", isSocket = false) =>
  refused({ headers: { host: "localhost:4700", ...headers }, method: "GET", url } as never, isSocket, access)?.status

describe("a request", () => {
  it("from a page of another site, for another host or without the token does not reach a route", () => {
    expect(asked(bearer)).toBeUndefined()
    expect(asked({ ...bearer, origin: "http://localhost:4700" })).toBeUndefined()
    expect(asked({})).toBe(401)
    expect(asked({ authorization: "Bearer secre" })).toBe(401)
    expect(asked({ ...bearer, host: "evil.example" })).toBe(421)
    expect(asked({ ...bearer, host: "" })).toBe(421)
    expect(asked({ ...bearer, origin: "http://evil.example" })).toBe(403)
    expect(asked({ ...bearer, "sec-fetch-site": "cross-site" })).toBe(403)
    expect(asked({ host: "evil.example" }, "/api/v1/runs", true)).toBeUndefined()
    expect(asked(bearer, `/${"x".repeat(9_000)}`)).toBe(400)
  })
  it("for a sign of life needs no token, one for the work does", () => {
    const found = ["/health/live", "/health/ready", "/health", "/metrics"].map((url) => asked({}, url))
    expect(found).toEqual([undefined, undefined, 401, 401])
  })
})

import { generateKeyPairSync, sign } from "node:crypto"

const der = (tag: number, ...parts: ReadonlyArray<Uint8Array>): Buffer => {
  const body = Buffer.concat(parts)
  const size = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), body])
}
const sequence = (...parts: ReadonlyArray<Uint8Array>) => der(0x30, ...parts)
const oid = (hex: string) => der(6, Buffer.from(hex, "hex"))
const octets = (part: Uint8Array) => der(4, part)
const utcTime = (at: Date) => der(23, Buffer.from(`${at.toISOString().replaceAll(/[-:T]/gu, "").slice(2, 14)}Z`))
const yes = der(1, Buffer.from([255]))
const commonName = sequence(der(0x31, sequence(oid("550403"), der(12, Buffer.from("localhost")))))
const ecdsaWithSha256 = sequence(oid("2a8648ce3d040302"))

/** A certificate of `localhost` and 127.0.0.1 that signs itself, made anew for every test. */
export const aCertificate = (): { readonly key: string; readonly cert: string } => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  const now = Date.now()
  const names = sequence(der(0x82, Buffer.from("localhost")), der(0x87, Buffer.from([127, 0, 0, 1])))
  const extensions = sequence(sequence(oid("551d13"), yes, octets(sequence(yes))), sequence(oid("551d11"), octets(names)))
  const body = sequence(
    der(0xa0, der(2, Buffer.from([2]))),
    der(2, Buffer.from([1])),
    ecdsaWithSha256,
    commonName,
    sequence(utcTime(new Date(now - 86_400_000)), utcTime(new Date(now + 86_400_000))),
    commonName,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, extensions)
  )
  const signature = der(3, Buffer.from([0]), sign("sha256", body, privateKey))
  const cert = sequence(body, ecdsaWithSha256, signature)
    .toString("base64")
    .replace(/(.{64})/gu, "$1\n")
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${cert}\n-----END CERTIFICATE-----\n`
  }
}

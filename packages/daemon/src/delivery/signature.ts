import { createHmac } from "node:crypto"

/** `t=<unix seconds>,v1=<hex>`: HMAC-SHA256 over the time, a point and the body as it is sent. */
export const signatureOf = (secret: string, body: string, now: number): string => {
  const t = Math.floor(now / 1000)
  return `t=${t},v1=${createHmac("sha256", secret).update(`${t}.${body}`).digest("hex")}`
}

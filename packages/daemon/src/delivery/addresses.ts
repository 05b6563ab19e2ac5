/** Which addresses a message may be posted to: a URL from a configuration must not reach what only this machine can reach. */
import { lookup, type LookupAddress } from "node:dns"
import { BlockList, isIP, type LookupFunction } from "node:net"
import { NotDelivered } from "@tetra/core"

/** This host, private networks, link-local (with the metadata services of clouds), carriers, documentation, multicast, reserved. */
const refusedRanges: ReadonlyArray<readonly [net: string, prefix: number, family: "ipv4" | "ipv6"]> = [
  ["0.0.0.0", 8, "ipv4"],
  ["10.0.0.0", 8, "ipv4"],
  ["100.64.0.0", 10, "ipv4"],
  ["127.0.0.0", 8, "ipv4"],
  ["169.254.0.0", 16, "ipv4"],
  ["172.16.0.0", 12, "ipv4"],
  ["192.0.0.0", 24, "ipv4"],
  ["192.0.2.0", 24, "ipv4"],
  ["192.168.0.0", 16, "ipv4"],
  ["198.18.0.0", 15, "ipv4"],
  ["198.51.100.0", 24, "ipv4"],
  ["203.0.113.0", 24, "ipv4"],
  ["224.0.0.0", 4, "ipv4"],
  ["240.0.0.0", 4, "ipv4"],
  ["::", 128, "ipv6"],
  ["::1", 128, "ipv6"],
  ["64:ff9b::", 96, "ipv6"],
  ["100::", 64, "ipv6"],
  ["2002::", 16, "ipv6"],
  ["fc00::", 7, "ipv6"],
  ["fe80::", 10, "ipv6"],
  ["fec0::", 10, "ipv6"],
  ["ff00::", 8, "ipv6"]
]
let known: BlockList | undefined
const refused = (): BlockList => {
  if (known !== undefined) return known
  known = new BlockList()
  for (const [net, prefix, family] of refusedRanges) known.addSubnet(net, prefix, family)
  return known
}
/** IPv4 in IPv6 counts as the IPv4 that it is. */
export const isPrivate = (address: string): boolean => refused().check(address, isIP(address) === 6 ? "ipv6" : "ipv4")
const refusal = (host: string): NotDelivered =>
  new NotDelivered(`${host} is an address of a private network: it is not posted to (allow_private: true allows it)`, {
    retryable: false
  })

/** The URL, when it may be posted to. Names are looked up later: `lookupAllowed` refuses what they stand for. */
export const allowedUrl = (target: string, allowPrivate: boolean): URL => {
  let url: URL
  try {
    url = new URL(target)
  } catch {
    throw new NotDelivered("the address of the channel is no URL", { retryable: false })
  }
  if (url.protocol !== "https:" && !(allowPrivate && url.protocol === "http:"))
    throw new NotDelivered("the address of the channel does not begin with https://", { retryable: false })
  const host = url.hostname.replace(/^\[|\]$/gu, "")
  if (!allowPrivate && isIP(host) !== 0 && isPrivate(host)) throw refusal(host)
  return url
}
/** The look-up of every connection: a name that stands for a private address, now or at the next look, reaches nothing. */
export const lookupAllowed =
  (look: typeof lookup = lookup): LookupFunction =>
  (hostname, options, answer) => {
    look(hostname, { ...options, all: true }, (error, found: Array<LookupAddress>) => {
      const bad = error === null ? found.find(({ address }) => isPrivate(address)) : undefined
      if (error !== null || found[0] === undefined) return answer(error ?? new Error(`${hostname} has no address`), "", 0)
      if (bad !== undefined) return answer(refusal(`${hostname} (${bad.address})`), "", 0)
      return options.all === true ? answer(null, found) : answer(null, found[0].address, found[0].family)
    })
  }

import type { AddressInfo } from "node:net"
import { SMTPServer, type SMTPServerOptions } from "smtp-server"

const failed = (responseCode: number, message: string) => Object.assign(new Error(message), { responseCode })
/** A mail server on loopback. `replies` are what it answers to a mail, one by one: 0 takes it, `hang` says nothing. */
export const mailSink = async (options: SMTPServerOptions = {}, ...replies: ReadonlyArray<number | "hang">) => {
  const mails: Array<{ readonly to: ReadonlyArray<string>; readonly text: string }> = []
  const answers = [...replies]
  let tries = 0
  const server = new SMTPServer({
    authOptional: true,
    logger: false,
    onRcptTo: ({ address }, _session, done) => done(address.startsWith("nobody") ? failed(550, "no such mailbox") : null),
    onData: (stream, session, done) => {
      const parts: Array<Buffer> = []
      stream.on("data", (part: Buffer) => parts.push(part))
      stream.on("end", () => {
        const answer = answers.shift() ?? 0
        tries++
        if (answer === "hang") return undefined
        if (answer !== 0) return done(failed(answer, "not now"))
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), text: Buffer.concat(parts).toString() })
        return done()
      })
    },
    ...options
  })
  server.on("error", () => undefined)
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve))
  const { port } = server.server.address() as AddressInfo
  const close = async (): Promise<void> =>
    await new Promise((resolve) => {
      server.close(resolve)
    })
  return { port, mails, close, tried: () => tries }
}
/** The value of a header, unfolded. */
export const header = (mail: string, name: string): string | undefined =>
  new RegExp(`^${name}: (.*(?:\\r\\n[ \\t].*)*)`, "imu").exec(mail)?.[1]?.replaceAll(/\r\n\s+/gu, " ")

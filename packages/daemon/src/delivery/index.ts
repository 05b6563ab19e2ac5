/** The door to delivery: channels, and the outbox that feeds them. */
export { type Channel, channelsOf, withoutSecrets } from "./Channel.ts"
export { makeOutbox } from "./Outbox.ts"

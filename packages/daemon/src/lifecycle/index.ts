/** The door to where the daemon of a project is, and how it stands. */
export { claimSocket, ServerRefused, socketOf, type Standing, standingOf } from "./address.ts"

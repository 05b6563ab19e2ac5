import { useStdin } from "ink"
import { useLayoutEffect } from "react"
import { type KeyEvent, type KeyState, noKeys, readKeys, settleKeys } from "../model/keys.ts"

/** How long a lone escape may be the beginning of a sequence. */
const escapeMs = 30

/** Keys, pastes, mouse and focus out of the chunks of a terminal. Answers how to stop. */
const listen = (stdin: NodeJS.ReadableStream, heard: (events: ReadonlyArray<KeyEvent>) => void): (() => void) => {
  let state: KeyState = noKeys
  let timer: NodeJS.Timeout | undefined
  const onQuiet = (): void => {
    const settled = settleKeys(state)
    state = settled.state
    if (settled.events.length > 0) heard(settled.events)
  }
  const onData = (chunk: string | Buffer): void => {
    clearTimeout(timer)
    const read = readKeys(state, String(chunk))
    state = read.state
    if (state.rest !== "" && state.pasted === undefined) timer = setTimeout(onQuiet, escapeMs)
    if (read.events.length > 0) heard(read.events)
  }
  stdin.on("data", onData)
  return () => {
    clearTimeout(timer)
    stdin.off("data", onData)
  }
}
/** Hears every key, also those that Ink has no name for. */
export const Keyboard = ({ heard }: { readonly heard: (events: ReadonlyArray<KeyEvent>) => void }) => {
  const { stdin } = useStdin()
  useLayoutEffect(() => listen(stdin, heard), [stdin, heard])
  return null
}

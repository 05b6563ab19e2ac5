import { Box, Text } from "ink"
import { Component, memo, type ReactNode, useSyncExternalStore } from "react"
import type { Store } from "./Store.ts"

/** How Ink works for us: our governor paces the frames, our terminal reads the keys, and only what changed is written. */
export const inkOptions = {
  exitOnCtrlC: false,
  patchConsole: false,
  incrementalRendering: true,
  interactive: true,
  maxFps: 60,
  isScreenReaderEnabled: false
} as const

const Line = memo(({ text }: { readonly text: string }) => <Text wrap="truncate-end">{text === "" ? " " : text}</Text>)

/** The rows of the newest frame. They are painted already: Ink finds out what changed and writes only that. */
export const Screen = ({ store }: { readonly store: Store }) => {
  const rows = useSyncExternalStore(store.subscribe, store.frame)
  return (
    <Box flexDirection="column">
      {rows.map((text, i) => (
        // eslint-disable-next-line react/no-array-index-key -- a row is its place on the screen
        <Line key={i} text={text} />
      ))}
    </Box>
  )
}

/** Catches what a component throws, so that the run goes on without the picture. */
export class Boundary extends Component<
  { readonly failed: (error: unknown) => void; readonly children: ReactNode },
  { readonly broken: boolean }
> {
  override readonly state = { broken: false }
  static getDerivedStateFromError(): { readonly broken: boolean } {
    return { broken: true }
  }
  override componentDidCatch(error: unknown): void {
    this.props.failed(error)
  }
  override render(): ReactNode {
    return this.state.broken ? null : this.props.children
  }
}

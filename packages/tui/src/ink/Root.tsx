import { type TerminalSuspension, useApp, useStdin, useWindowSize } from "ink"
import { Component, type ReactNode, useLayoutEffect } from "react"
import type { KeyEvent } from "../model/keys.ts"
import { isTooSmall, type Size } from "../paint/Painter.ts"
import type { Frames } from "./Frames.ts"
import { Keyboard } from "./Keyboard.tsx"
import { Opening, Screen, TooSmall } from "./screens.tsx"
import type { Terminal } from "./Terminal.ts"

/** Hears what is typed, and gives the frames. */
export interface Owner {
  readonly frames: Frames
  readonly keys: (events: ReadonlyArray<KeyEvent>) => void
  /** There is another size, or the screen is to be drawn again. */
  readonly resized: (size: Size) => void
  /** A component threw. */
  readonly failed: (error: unknown) => void
}
interface RootProps {
  readonly terminal: Terminal
  /** Undefined while the project is opened. */
  readonly owner: Owner | undefined
  readonly opening: string
  /** Counts how often the whole screen was taken; undefined while it is somebody else's. */
  readonly turn: number | undefined
  /** Gets Ink's way to lend the terminal. */
  readonly lends: (suspend: () => Promise<TerminalSuspension>) => void
}

/** Catches what a component throws, so that the run goes on without the picture. */
class Boundary extends Component<
  { readonly failed: ((error: unknown) => void) | undefined; readonly children: ReactNode },
  { readonly broken: boolean }
> {
  override readonly state = { broken: false }
  static getDerivedStateFromError(): { readonly broken: boolean } {
    return { broken: true }
  }
  override componentDidCatch(error: unknown): void {
    this.props.failed?.(error)
  }
  override render(): ReactNode {
    return this.state.broken ? null : this.props.children
  }
}

/** The whole dashboard as Ink has it. */
export const Root = ({ lends, opening, owner, terminal, turn }: RootProps) => {
  const size = useWindowSize()
  const { setRawMode } = useStdin()
  const { suspendTerminal } = useApp()
  useLayoutEffect(() => {
    setRawMode(true)
    return () => {
      setRawMode(false)
      terminal.restore()
    }
  }, [setRawMode, terminal])
  useLayoutEffect(() => lends(() => suspendTerminal()), [lends, suspendTerminal])
  useLayoutEffect(() => owner?.resized({ width: size.columns, height: size.rows }), [owner, size])
  return (
    <>
      {owner === undefined ? null : <Keyboard heard={owner.keys} />}
      {turn === undefined ? null : (
        <Boundary key={turn} failed={owner?.failed}>
          {owner === undefined ? (
            <Opening terminal={terminal} size={size} text={opening} />
          ) : isTooSmall({ width: size.columns, height: size.rows }) ? (
            <TooSmall frames={owner.frames} terminal={terminal} />
          ) : (
            <Screen frames={owner.frames} terminal={terminal} />
          )}
        </Boundary>
      )}
    </>
  )
}

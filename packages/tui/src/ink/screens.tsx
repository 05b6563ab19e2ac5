/** What can be on the whole screen: the project while it is opened, the painters' rows, or one of them where there is no room for more. */
import { Box, Spacer, Text, useApp, useInput } from "ink"
import { useInsertionEffect, useLayoutEffect, useState } from "react"
import type { Frames } from "./Frames.ts"
import { Picture } from "./Picture.ts"
import { clearCodes, type Terminal } from "./Terminal.ts"

/** Lets Ink draw, on an empty screen, while the component is there. Ink draws before layout effects, so it must be told in an insertion effect. */
const useInkDrawing = ({ draw, output }: Terminal): void => {
  useInsertionEffect(() => {
    draw(clearCodes)
    output.isShown = true
    return () => {
      output.isShown = false
    }
  }, [draw, output])
}

/** What the person wants while nothing is there yet. */
export type Left = "quit" | "interrupt"

/** The first thing on the screen, before anything of the project is read. */
export const Opening = (props: {
  readonly terminal: Terminal
  /** Of the screen. */
  readonly size: { readonly columns: number; readonly rows: number }
  /** What is done, in words. */
  readonly text: string
}) => {
  const { size, terminal, text } = props
  const { exit } = useApp()
  useInkDrawing(terminal)
  useInput((input, key) => {
    const left: Left | undefined = key.ctrl ? (input === "c" ? "interrupt" : undefined) : input.includes("q") ? "quit" : undefined
    if (left !== undefined) exit(left)
  })
  // One row less than there are: a full last row makes some terminals scroll.
  return (
    <Box flexDirection="column" width={size.columns} height={Math.max(1, size.rows - 1)}>
      <Text wrap="truncate-end"> TETRA {text}</Text>
      <Spacer />
      {size.rows > 2 ? <Text wrap="truncate-end"> q leaves</Text> : null}
    </Box>
  )
}

/** The painters' rows, cell by cell. Ink draws nothing here. */
export const Screen = ({ frames, terminal }: { readonly frames: Frames; readonly terminal: Terminal }) => {
  useLayoutEffect(() => frames.watch(new Picture(terminal.draw)), [frames, terminal])
  return null
}

/** The one row that says how the run is, on a terminal without room for panes. */
export const TooSmall = ({ frames, terminal }: { readonly frames: Frames; readonly terminal: Terminal }) => {
  const [row, setRow] = useState("")
  useInkDrawing(terminal)
  useLayoutEffect(() => {
    const show = (rows: ReadonlyArray<string>): number => {
      setRow(rows[0] ?? "")
      return 0
    }
    return frames.watch({ show, forget: () => undefined })
  }, [frames])
  return <Text wrap="truncate-end">{row}</Text>
}

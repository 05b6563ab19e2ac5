/** The screen of people who hear it: each sentence is written once, and nothing is ever drawn anew. */
import { type Instance, render, Static, Text, useStdin } from "ink"
import { useLayoutEffect } from "react"
import type { KeyEvent } from "../model/keys.ts"
import { InkInput, InkOutput } from "./inkStreams.ts"
import { Keyboard } from "./Keyboard.tsx"

const Root = ({ heard, input, said }: { readonly said: Array<string>; readonly input: InkInput; readonly heard: Heard }) => {
  const { setRawMode } = useStdin()
  useLayoutEffect(() => {
    if (!input.isTTY) return undefined
    setRawMode(true)
    // At once, for the process may end right after.
    return () => void input.setRawMode(false)
  }, [input, setRawMode])
  return (
    <>
      {input.isTTY ? <Keyboard heard={heard} /> : null}
      <Static items={said}>{(line, i) => <Text key={i}>{line}</Text>}</Static>
    </>
  )
}
type Heard = (events: ReadonlyArray<KeyEvent>) => void

export class Sentences {
  private readonly output: InkOutput
  private readonly instance: Instance
  private readonly root: () => React.JSX.Element
  private said: Array<string> = []

  /** Keys are heard when `stdin` is a terminal. */
  constructor(stdin: NodeJS.ReadStream, write: (text: string) => void, pressed: (key: string) => void) {
    const input = new InkInput(stdin)
    const heard: Heard = (events) => {
      for (const event of events) if (event._tag === "Key") pressed(event.key)
    }
    this.output = new InkOutput({ width: 80, height: 24 }, write)
    this.output.isShown = true
    this.root = () => <Root said={this.said} input={input} heard={heard} />
    this.instance = render(this.root(), {
      stdin: input as unknown as NodeJS.ReadStream,
      stdout: this.output as unknown as NodeJS.WriteStream,
      exitOnCtrlC: false,
      patchConsole: false,
      interactive: false,
      isScreenReaderEnabled: true
    })
  }
  /** One line, without control characters. */
  say(line: string): void {
    this.said = [...this.said, line]
    this.instance.rerender(this.root())
  }
  close(): void {
    // Ink says good-bye with an empty line.
    this.output.isShown = false
    this.instance.unmount()
  }
}

import type { Size } from "../paint/Painter.ts"

/** A component that shows painted rows. */
export interface Viewer {
  /** Shows rows of `size.width` cells each. Answers the bytes that it wrote past Ink. */
  readonly show: (rows: ReadonlyArray<string>, size: Size) => number
  /** What is on the screen is not known any more: the next frame is written whole. */
  readonly forget: () => void
}
/**
 * The way of frames from the painters to the component that shows them. React has no part in it: a frame costs what painting and writing cost. A
 * viewer gets no old frame when it is mounted, for a new one is painted then.
 */
export class Frames {
  private viewer: Viewer | undefined

  show(rows: ReadonlyArray<string>, size: Size): number {
    return this.viewer?.show(rows, size) ?? 0
  }
  forget(): void {
    this.viewer?.forget()
  }
  /** Answers how to stop it. */
  watch(viewer: Viewer): () => void {
    this.viewer = viewer
    return () => {
      if (this.viewer === viewer) this.viewer = undefined
    }
  }
}

import type { StageGraph } from "../../model/views/graph.ts"
import type { Size } from "../Painter.ts"
import { layoutSteps, type Layout, type Shape } from "./layout.ts"
import { finish, type Steps } from "./steps.ts"
import { measure, measuredKey, type Styled, styleSteps, type Zoom } from "./zoom.ts"

/** How many styles and layouts are remembered: folds, zooms and sizes that a person goes back and forth between. */
const mostKept = 16
/** Above this many nodes a graph is laid out between the keys; the tree is shown meanwhile. */
const mostAtOnce = 200
/** Most graphs whose layout is under way; of more, the oldest wish is given up. */
const mostUnderWay = 4

/** Remembers its newest entries. */
class Memory<T> {
  private readonly kept = new Map<string, T>()

  recall(key: string): T | undefined {
    const value = this.kept.get(key)
    if (value !== undefined) this.keep(key, value)
    return value
  }
  keep(key: string, value: T): T {
    this.kept.delete(key)
    this.kept.set(key, value)
    if (this.kept.size > mostKept) this.kept.delete(this.kept.keys().next().value!)
    return value
  }
}
const shapeKey = ({ boxes, links, titles }: Shape): string =>
  [boxes.map(({ height, lane, width }) => `${lane},${width},${height}`).join(";"), links.join(";"), titles.join(";")].join("|")

/** The best style of each graph, remembered by shape: a new status costs neither a layout nor a look at all styles. */
export class Styles {
  private readonly layout: (shape: Shape) => Steps<Layout>
  private readonly layouts = new Memory<Layout>()
  private readonly styles = new Memory<Styled>()
  private readonly underWay = new Map<string, Steps<Styled>>()

  constructor(layout: (shape: Shape) => Steps<Layout> = layoutSteps) {
    this.layout = layout
  }
  /** Undefined while a large graph is laid out: `work` brings it about. */
  best(graph: StageGraph, size: Size, wanted?: Zoom): Styled | undefined {
    const measured = measure(graph)
    const key = `${size.width}x${size.height} ${wanted ?? ""} ${measuredKey(measured)}`
    const known = this.styles.recall(key)
    if (known !== undefined || this.underWay.has(key)) return known
    const steps = styleSteps(measured, size, (shape) => this.remembered(shape), wanted)
    if (graph.nodes.length <= mostAtOnce) return this.styles.keep(key, finish(steps))
    this.underWay.set(key, steps)
    if (this.underWay.size > mostUnderWay) this.underWay.delete(this.underWay.keys().next().value!)
    return undefined
  }
  get isBusy(): boolean {
    return this.underWay.size > 0
  }
  /** Goes on with what is under way until `isOver`. True when a picture is there that was not. */
  work(isOver: () => boolean): boolean {
    let isReady = false
    for (const [key, steps] of this.underWay) {
      while (!isOver()) {
        const step = steps.next()
        if (step.done !== true) continue
        this.underWay.delete(key)
        this.styles.keep(key, step.value)
        isReady = true
        break
      }
    }
    return isReady
  }
  private *remembered(shape: Shape): Steps<Layout> {
    const key = shapeKey(shape)
    return this.layouts.recall(key) ?? this.layouts.keep(key, yield* this.layout(shape))
  }
}

/** What stands for the asset that no pipeline of this project provides, when the plugin is certified. */
import { batch, text } from "@tetra/core"
import { dataset } from "@tetra/core/testing"
import { Readings } from "../src/spikes.ts"

export default {
  readings: dataset(
    Readings,
    batch({
      sensor: text(["cellar", "cellar", "cellar"]),
      day: Int32Array.of(1, 2, 3),
      value: Float64Array.of(10, 10, 45)
    })
  )
}

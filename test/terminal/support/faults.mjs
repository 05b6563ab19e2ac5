// Faults that Node brings into the program from outside, for `node --import`: a painter that throws on one text, an error out of nowhere.
import process from "node:process"

Intl.Segmenter = class extends Intl.Segmenter {
  segment(text) {
    if (text.includes("no such rune\u6f22")) throw new Error("no such rune")
    return super.segment(text)
  }
}
process.on("SIGUSR2", () => {
  throw new Error("thrown from nowhere")
})

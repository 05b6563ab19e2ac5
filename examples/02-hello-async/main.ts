/** The same pipeline inside a program of your own: no project, no files. */
import { pipelineClass, TaskScheduler } from "@tetra/core"
import { hello } from "./hello.ts"

class HelloPipeline extends pipelineClass(hello) {}

const pipeline = new HelloPipeline({ names: ["Ada", "Grace"] })
pipeline.addProgressCallback(({ status, progress }) => {
  if (status !== "running") console.log(status, `${progress.overall_progress} %`)
})
const { status, outputs, stages } = await pipeline.execute({ signal: AbortSignal.timeout(60_000) })
console.log(
  status,
  stages.greet.status,
  outputs.greetings?.map(({ text }) => text)
)

/** And a graph of plain functions: what a task gets are the answers of its dependencies, typed. */
const dag = await new TaskScheduler({ cpu: 2 })
  .addTask("load", { run: async () => [1, 2, 3] })
  .addTask("sum", { dependencies: ["load"], retry: { maxAttempts: 3 }, run: ({ load }) => load.reduce((a, b) => a + b, 0) })
  .executeDag()
console.log("sum", dag.results.sum)

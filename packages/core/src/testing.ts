/** The test kit of plugin authors. */
export { checkPlugin } from "./testing/checkPlugin.ts"
export { checkStage, type Finding } from "./testing/checkStage.ts"
export { dataset } from "./testing/dataset.ts"
export { testPipeline, type TestedRun } from "./testing/testPipeline.ts"
export { Memory, testStage, type Tried, type Try } from "./testing/testStage.ts"

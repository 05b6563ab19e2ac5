/** The test kit of plugin authors. */
export { checkPlugin, checkStage, dataset, type Finding, testPipeline, testStage } from "./testing/interim/testing.ts"

/** The test kit of plugin authors. */
export { checkPlugin } from "./testing/checkPlugin.ts"
export { type CheckOptions, checkStage } from "./testing/checkStage.ts"
export type { Finding } from "./testing/conformance/Finding.ts"
export { type Certificate, type CertifiedStage, type CertifyOptions, certifyPlugin } from "./testing/certify/certifyPlugin.ts"
export { dataset } from "./testing/dataset.ts"
export { partitioned } from "./testing/partitioned.ts"
export { testPipeline, type TestedRun } from "./testing/testPipeline.ts"
export { Memory, type TestEvent, testStage, type Tried, type Try } from "./testing/testStage.ts"

/** The door to telemetry: what is counted, and how it is told. */
export { EventCounter } from "./EventCounter.ts"
export { setGauges } from "./gauges.ts"
export { MetricSet } from "./MetricSet.ts"

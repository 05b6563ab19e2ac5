/** The door to triggers. */
export { hookSignatures, takeWebhook } from "./takeWebhook.ts"
export { triggerEvents, triggerStates } from "./records.ts"
export { runTriggers, type TriggeredRun } from "./runTriggers.ts"
export { triggersOf, type TriggerSpec } from "./TriggerSpec.ts"
export { pauseTrigger, resumeTrigger } from "./wishes.ts"

/** The door to alerting: rules, what they found, what people ask of it. */
export { type Backtest, backtest } from "./backtest.ts"
export { conditionProblem } from "./condition/Condition.ts"
export { type Delivery, deliveries, deliveryKey, type Incident, incidents, type Silence, threadPrefix } from "./records.ts"
export { type Alerting, severities } from "./Rule.ts"
export { makeAlerts, type RunAlertsOptions } from "./runAlerts.ts"
export { type Tested, testChannel } from "./testChannel.ts"
export { alertingFor } from "./watch.ts"
export { ackMs, acknowledge, allSilences, mostSilenceMs, openIncidents, readMatcher, silence, unsilence } from "./wishes.ts"

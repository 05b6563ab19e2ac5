/** The door to alerting. */
export { compile, type Condition, conditionProblem, type Verdict } from "./condition/Condition.ts"

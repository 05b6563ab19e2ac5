/** The account that a strategy of the event style trades in, under the costs of a run. */
import { type AccountRules, accountRules } from "../events/AccountRules.ts"
import type { Execution } from "../simulation/Execution.ts"
import { costsOf } from "../simulation/Execution.ts"
import type { EventStrategy } from "../types.ts"

export const accountOf = (execution: Execution, { account }: Pick<EventStrategy, "account">): AccountRules => ({
  ...accountRules,
  ...(execution.further && { initial: execution.further.capital, ...execution.further.carry }),
  ...account,
  ...costsOf(execution),
  fill: execution.fill
})

/** The strategies that ship with the plugin, contributed like anybody else's. */
import { type AllocationStrategy, type EventStrategy, Strategy, type StrategyDef, type WeightStrategy } from "../types.ts"
import { equalWeight, minVariance, riskParity } from "./allocation/budgets.ts"
import { pairsCointegration } from "./allocation/pairs.ts"
import { volatilityBreakout } from "./breakout.ts"
import { crossSectionalMomentum, dualMomentum, lowVolatility } from "./allocation/rotation.ts"
import { buyAndHold, randomEntry, turnOfMonth, volTarget } from "./baselines.ts"
import { bollingerBreakout, bollingerReversion, keltnerBreakout, meanReversionZscore, rsiReversion } from "./reversion.ts"
import { adxTrendFilter, donchianTurtle, emaCross, macdSignal, smaCross, supertrendFollow, tsMomentum } from "./trend.ts"

export const builtIn: ReadonlyArray<WeightStrategy> = [
  buyAndHold,
  smaCross,
  emaCross,
  macdSignal,
  rsiReversion,
  bollingerReversion,
  bollingerBreakout,
  donchianTurtle,
  keltnerBreakout,
  supertrendFollow,
  adxTrendFilter,
  tsMomentum,
  meanReversionZscore,
  volTarget,
  turnOfMonth,
  randomEntry
]
/** Those that place orders. */
export const ordering: ReadonlyArray<EventStrategy> = [volatilityBreakout]
/** Those that trade all symbols together. */
export const allocations: ReadonlyArray<AllocationStrategy> = [
  crossSectionalMomentum,
  lowVolatility,
  dualMomentum,
  pairsCointegration,
  riskParity,
  minVariance,
  equalWeight
]
export const shipped: ReadonlySet<StrategyDef> = new Set([...builtIn, ...allocations, ...ordering])
export const contributions = [...builtIn, ...ordering, ...allocations].map((strategy) => Strategy.contribute(strategy))

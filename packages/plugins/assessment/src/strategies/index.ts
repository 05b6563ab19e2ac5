/** The strategies that ship with the plugin, contributed like anybody else's. */
import { Strategy, type WeightStrategy } from "../types.ts"
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
export const contributions = builtIn.map((strategy) => Strategy.contribute(strategy))

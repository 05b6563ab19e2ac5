/** Is a Sharpe ratio luck? Probabilistic and deflated Sharpe ratios. All Sharpe ratios here are per bar, not annual. */
import type { Moments } from "../performance/moments.ts"
import { normalCdf, normalQuantile } from "../performance/normal.ts"

const EULER = 0.5772156649015329

/** `1 - g3 SR + (g4-1)/4 SR^2`, with raw kurtosis g4: how far the Sharpe ratio's error is from that of normal returns. */
const shape = (sr: number, { skewness, kurtosis }: Moments): number => 1 - skewness * sr + ((kurtosis - 1) / 4) * sr * sr

/** Mean over standard deviation; NaN without variation. */
export const sharpePerBar = ({ mean, std }: Moments): number => (std > 0 ? mean / std : NaN)

/**
 * Probability that the true Sharpe ratio is above `threshold`, given length, skewness and kurtosis of the track record:
 * `Phi((SR-SR*) sqrt(n-1) / sqrt(1 - g3 SR + (g4-1)/4 SR^2))` (Bailey & Lopez de Prado 2012). NaN without variation.
 */
export const probabilisticSharpe = (moments: Moments, threshold = 0): number => {
  const sr = sharpePerBar(moments)
  return normalCdf(((sr - threshold) * Math.sqrt(moments.n - 1)) / Math.sqrt(shape(sr, moments)))
}

/** Bars that are needed to say with `confidence` that the Sharpe ratio is above `threshold` (same source); NaN when it is not above. */
export const minimumTrackRecord = (moments: Moments, threshold = 0, confidence = 0.95): number => {
  const sr = sharpePerBar(moments)
  return sr > threshold ? 1 + shape(sr, moments) * (normalQuantile(confidence) / (sr - threshold)) ** 2 : NaN
}

/**
 * The best Sharpe ratio that `trials` without any skill would show by luck, when their Sharpe ratios have the sample variance `variance`:
 * `sqrt(V) ((1-g) Z(1-1/N) + g Z(1-1/(N e)))` (Bailey & Lopez de Prado 2014). 0 for a single trial.
 */
export const luckiestSharpe = (trials: number, variance: number): number =>
  trials < 2
    ? 0
    : Math.sqrt(variance) * ((1 - EULER) * normalQuantile(1 - 1 / trials) + EULER * normalQuantile(1 - 1 / (trials * Math.E)))

/** Probability that the true Sharpe ratio is above what the luckiest of the trials would show: the deflated Sharpe ratio (same source). */
export const deflatedSharpe = (moments: Moments, trials: number, variance: number): number =>
  probabilisticSharpe(moments, luckiestSharpe(trials, variance))

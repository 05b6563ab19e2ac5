/** Volatility that clusters: GARCH(1,1) and GJR by maximum likelihood, their forecasts and value at risk (trading.md 2.2 and 3.2). */
import { lnGamma, normalQuantile } from "./distributions.ts"
import { minimise, type Smooth } from "./minimise.ts"
import { mean, quantile } from "./returns.ts"

export interface GarchModel {
  /** `h = omega + alpha e^2 + gamma e^2 1[e < 0] + beta h`; gamma is 0 unless `leverage` was asked for. */
  readonly omega: number
  readonly alpha: number
  readonly gamma: number
  readonly beta: number
  /** Degrees of freedom of Student's t, scaled to variance 1; undefined for normal innovations. */
  readonly nu: number | undefined
}
export interface GarchFit extends GarchModel {
  /** Mean of the returns, which is taken off before. */
  readonly mean: number
  readonly logLikelihood: number
  /** Variance of the next bar, known at the last one. */
  readonly nextVariance: number
  /** Innovations over their fitted deviation, as long as the returns. */
  readonly standardised: Float64Array
}
/** alpha + gamma/2 + beta: how much of a shock is left after a bar. Below 1 for a variance that returns to its mean. */
export const persistence = ({ alpha, gamma, beta }: GarchModel): number => alpha + gamma / 2 + beta
/** Variance that the forecasts go to: omega / (1 - persistence). */
export const longRunVariance = (model: GarchModel): number => model.omega / (1 - persistence(model))
/** Variance of the bar `ahead` bars after the last one: it returns to the long-run variance by the persistence a bar. */
export const forecastVariance = (fit: GarchFit, ahead: number): number => {
  const level = longRunVariance(fit)
  return level + persistence(fit) ** (ahead - 1) * (fit.nextVariance - level)
}
/**
 * Fills `variance` with h for each innovation, seeded by h[0] = omega + (alpha + gamma/2 + beta) mean(e^2), and answers the variance after the last.
 */
export const filterVariance = (model: GarchModel, e: Float64Array, variance: Float64Array): number => {
  const { omega, alpha, gamma, beta } = model
  const fall = alpha + gamma
  let square = 0
  for (const v of e) square += v * v
  let h = omega + persistence(model) * (square / e.length)
  for (let t = 0; t < e.length; t++) {
    variance[t] = h
    const v = e[t]!
    h = omega + (v < 0 ? fall : alpha) * v * v + beta * h
  }
  return h
}
/** Derivatives of a likelihood by omega, alpha, gamma, beta and nu. */
const [byOmega, byAlpha, byGamma, byBeta, byNu] = [0, 1, 2, 3, 4] as const
const parameters = 5
/** Of Student's t with variance 1, per observation: ln Gamma((nu + 1)/2) - ln Gamma(nu/2) - ln(pi (nu - 2)) / 2. */
const studentConstant = (nu: number): number => lnGamma((nu + 1) / 2) - lnGamma(nu / 2) - 0.5 * Math.log(Math.PI * (nu - 2))
const slopeOfConstant = (nu: number): number => {
  const step = 1e-4 * nu
  return (studentConstant(nu + step) - studentConstant(nu - step)) / (2 * step)
}
/** Logarithms cost more than all the rest: one for this many factors, which lie within a few powers of ten of 1. */
const factors = 8

/** The negative log-likelihood of innovations of variance near 1. */
const negativeLogLikelihood = (model: GarchModel, e: Float64Array, meanSquare: number): number => {
  const { alpha, beta, gamma, nu, omega } = model
  const fall = alpha + gamma
  const heavy = nu === undefined ? 0 : 1 / (nu - 2)
  let h = omega + persistence(model) * meanSquare
  let logs = 0
  let product = 1
  let tails = 1
  let tailLogs = 0
  let rest = 0
  for (let t = 0; t < e.length; t++) {
    const v = e[t]!
    const square = v * v
    product *= h
    if (nu === undefined) rest += square / h
    else tails *= 1 + (square / h) * heavy
    if (t % factors === factors - 1) {
      logs += Math.log(product)
      tailLogs += Math.log(tails)
      product = tails = 1
    }
    h = omega + (v < 0 ? fall : alpha) * square + beta * h
  }
  logs += Math.log(product)
  tailLogs += Math.log(tails)
  return nu === undefined
    ? 0.5 * (e.length * Math.log(2 * Math.PI) + logs + rest)
    : -e.length * studentConstant(nu) + 0.5 * logs + 0.5 * (nu + 1) * tailLogs
}
/** Its derivatives, by the recursions of those of h (Fiorentini, Calzolari and Panattoni 1996). */
const likelihoodSlope = (model: GarchModel, e: Float64Array, meanSquare: number, out: Float64Array): void => {
  const { alpha, beta, gamma, nu, omega } = model
  const fall = alpha + gamma
  let h = omega + persistence(model) * meanSquare
  let hOmega = 1
  let hAlpha = meanSquare
  let hGamma = meanSquare / 2
  let hBeta = meanSquare
  let [dOmega, dAlpha, dGamma, dBeta, dNu] = [0, 0, 0, 0, 0] as [number, number, number, number, number]
  for (let t = 0; t < e.length; t++) {
    const v = e[t]!
    const square = v * v
    let byVariance: number
    if (nu === undefined) byVariance = (0.5 * (1 - square / h)) / h
    else {
      const scaled = square / (h * (nu - 2))
      byVariance = (0.5 - (0.5 * (nu + 1) * scaled) / (1 + scaled)) / h
      dNu += 0.5 * Math.log1p(scaled) - (0.5 * (nu + 1) * scaled) / ((1 + scaled) * (nu - 2))
    }
    dOmega += byVariance * hOmega
    dAlpha += byVariance * hAlpha
    dGamma += byVariance * hGamma
    dBeta += byVariance * hBeta
    hOmega = 1 + beta * hOmega
    hAlpha = square + beta * hAlpha
    hGamma = (v < 0 ? square : 0) + beta * hGamma
    hBeta = h + beta * hBeta
    h = omega + (v < 0 ? fall : alpha) * square + beta * h
  }
  out[byOmega] = dOmega
  out[byAlpha] = dAlpha
  out[byGamma] = dGamma
  out[byBeta] = dBeta
  out[byNu] = nu === undefined ? 0 : dNu - e.length * slopeOfConstant(nu)
}
const vectorOf = ({ alpha, beta, gamma, nu, omega }: GarchModel): ReadonlyArray<number> => [omega, alpha, gamma, beta, nu ?? 0]
/** The likelihood as a function of coordinates without bounds; their slopes by the chain rule, of which `modelAt` is the cheap link. */
const likelihoodOf = (e: Float64Array, modelAt: (x: Float64Array) => GarchModel): Smooth => {
  const meanSquare = e.reduce((sum, v) => sum + v * v, 0) / e.length
  const inner = new Float64Array(parameters)
  return {
    value: (x) => negativeLogLikelihood(modelAt(x), e, meanSquare),
    gradient: (x, out) => {
      likelihoodSlope(modelAt(x), e, meanSquare, inner)
      for (let i = 0; i < x.length; i++) {
        const at = x[i]!
        const step = 1e-6 * Math.max(1, Math.abs(at))
        x[i] = at + step
        const up = vectorOf(modelAt(x))
        x[i] = at - step
        const down = vectorOf(modelAt(x))
        x[i] = at
        out[i] = inner.reduce((sum, d, k) => sum + (d * (up[k]! - down[k]!)) / (2 * step), 0)
      }
    }
  }
}
/** Shares of 1 from numbers without bounds, the last one being what is left. */
const shares = (x: ReadonlyArray<number>): ReadonlyArray<number> => {
  const top = Math.max(0, ...x)
  const weights = [...x, 0].map((v) => Math.exp(v - top))
  const total = weights.reduce((a, b) => a + b, 0)
  return weights.map((w) => w / total)
}
/** Degrees of freedom lie between these: below, the variance is not finite; above, nothing tells Student's t from the normal one. */
const [leastNu, mostNu] = [2.05, 500] as const
/** Coordinates without bounds: ln omega, the logits of what makes up the persistence, the logit of nu between its bounds. */
const modelAt = (x: Float64Array, leverage: boolean, heavy: boolean): GarchModel => {
  const omega = Math.exp(x[0]!)
  const nu = heavy ? leastNu + (mostNu - leastNu) / (1 + Math.exp(-x.at(-1)!)) : undefined
  if (!leverage) {
    const [alpha, beta] = shares([x[1]!, x[2]!])
    return { omega, alpha: alpha!, gamma: 0, beta: beta!, nu }
  }
  // Half of the shocks are falls: alpha / 2 and (alpha + gamma) / 2, neither below 0.
  const [up, down, beta] = shares([x[1]!, x[2]!, x[3]!])
  return { omega, alpha: 2 * up!, gamma: 2 * (down! - up!), beta: beta!, nu }
}
const startAt = (leverage: boolean, heavy: boolean): Float64Array =>
  Float64Array.of(
    Math.log(0.05),
    ...(leverage ? [Math.log(0.03 / 0.05), Math.log(0.07 / 0.05), Math.log(0.85 / 0.05)] : [0, Math.log(0.85 / 0.05)]),
    ...(heavy ? [-4.5] : [])
  )
/** Fewest returns that a fit needs: with fewer the likelihood is flat. */
export const shortestGarch = 100
/**
 * Bollerslev 1986 (`leverage`: Glosten, Jagannathan and Runkle 1993; `heavy`: Student's t, Bollerslev 1987) by maximum likelihood of the returns less their
 * mean, alpha, alpha + gamma and beta not negative and a persistence below 1. Undefined for fewer than `shortestGarch` returns or a constant series.
 */
export const fitGarch = (
  r: Float64Array,
  options: { readonly leverage?: boolean; readonly heavy?: boolean } = {}
): GarchFit | undefined => {
  const centre = mean(r)
  const e = r.map((v) => v - centre)
  const scale = Math.sqrt(e.reduce((sum, v) => sum + v * v, 0) / e.length)
  if (e.length < shortestGarch || !(scale > 1e-12) || !Number.isFinite(scale)) return undefined
  const { leverage = false, heavy = false } = options
  const unit = e.map((v) => v / scale)
  const found = minimise(
    likelihoodOf(unit, (x) => modelAt(x, leverage, heavy)),
    startAt(leverage, heavy)
  )
  const { omega, ...rest } = modelAt(found.at, leverage, heavy)
  const model = { omega: omega * scale * scale, ...rest }
  const variance = new Float64Array(e.length)
  const nextVariance = filterVariance(model, e, variance)
  return {
    ...model,
    mean: centre,
    logLikelihood: -found.value - e.length * Math.log(scale),
    nextVariance,
    standardised: e.map((v, t) => v / Math.sqrt(variance[t]!))
  }
}
/** Loss of the next bar that is exceeded with chance 1 - c, positive: -(m + sigma z) with the normal quantile. */
export const garchVar = (fit: GarchFit, confidence: number): number =>
  -(fit.mean + Math.sqrt(fit.nextVariance) * normalQuantile(1 - confidence))
/** Filtered historical simulation (Barone-Adesi, Giannopoulos and Vosper 1999): the quantile (type 7) of the standardised residuals instead. */
export const filteredHistoricalVar = (fit: GarchFit, confidence: number): number =>
  -(fit.mean + Math.sqrt(fit.nextVariance) * quantile(fit.standardised, 1 - confidence))

/** Does choosing parameters on the past hold up: do the choices stay, and does the result? */

export interface Choice {
  readonly parameters: ReadonlyArray<number>
  /** Geometric annual return of the chosen where it was chosen, and where it was applied. */
  readonly annualTrain: number
  readonly annualTest: number
}

export interface Stability {
  /** Share of the folds after the first that choose what the one before chose; 1 for a single fold. */
  readonly unchanged: number
  /** Share of the folds that choose what is chosen most. */
  readonly mode: number
  /** Mean distance from one choice to the next, each parameter as a share of its range; 0 = always the same, 1 = from one end to the other. */
  readonly distance: number
}

const mean = (values: ReadonlyArray<number>): number => values.reduce((a, b) => a + b, 0) / values.length

/** `ranges` are highest minus lowest value of each parameter among the candidates. NaN without folds. */
export const stabilityOf = (choices: ReadonlyArray<Choice>, ranges: ReadonlyArray<number>): Stability => {
  if (choices.length === 0) return { unchanged: NaN, mode: NaN, distance: NaN }
  const counts = new Map<string, number>()
  for (const { parameters } of choices) counts.set(parameters.join(), (counts.get(parameters.join()) ?? 0) + 1)
  const steps = choices.slice(1).map(({ parameters }, i) => distanceOf(parameters, choices[i]!.parameters, ranges))
  return {
    unchanged: steps.length === 0 ? 1 : steps.filter((d) => d === 0).length / steps.length,
    mode: Math.max(...counts.values()) / choices.length,
    distance: steps.length === 0 ? 0 : mean(steps)
  }
}

const distanceOf = (a: ReadonlyArray<number>, b: ReadonlyArray<number>, ranges: ReadonlyArray<number>): number => {
  const moving = ranges.flatMap((range, k) => (range > 0 ? [Math.abs(a[k]! - b[k]!) / range] : []))
  return moving.length === 0 ? 0 : mean(moving)
}

/** Annual return out of sample over the mean one in sample (Pardo 2008); NaN when there was nothing to keep, because the chosen lost where they were chosen. */
export const efficiencyOf = (annualOutOfSample: number, choices: ReadonlyArray<Choice>): number => {
  const inSample = mean(choices.map((c) => c.annualTrain))
  return inSample > 0 ? annualOutOfSample / inSample : NaN
}

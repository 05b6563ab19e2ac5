/** The arithmetic without the pipeline: seeded random numbers and the stationary bootstrap. Pure; needs no engine. */
export { politisWhite, stationaryIndices } from "./models/bootstrap.ts"
export { RandomSource } from "./random.ts"

/** The same small market as in the tests of the scenarios. */
export { day, type Listed, marketOf } from "../../scenarios/test/market.ts"

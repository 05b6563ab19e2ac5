/** The same small market as in the tests of the scenarios. */
export { day, marketOf } from "../../scenarios/test/market.ts"

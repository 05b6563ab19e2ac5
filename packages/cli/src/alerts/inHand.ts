import { dateTime } from "../output/plain/amounts.ts"

/** What somebody reads who has taken an alert in hand. */
export const inHand = (id: string, until: number): string =>
  `${id} is in your hand until ${dateTime(until)}: nobody is reminded of it before`

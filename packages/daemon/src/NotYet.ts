import { Data } from "effect"

/** A run cannot begin at the moment, whatever it is: whoever asked leaves it undecided and asks again later. */
export class NotYet extends Data.TaggedError("NotYet")<{ readonly message: string }> {}

/** The door to what runs when nobody looks. */
export { type Collection, collection, commit, type Fresh, type Kept } from "./Collection.ts"

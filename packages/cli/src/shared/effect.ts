/** All of `effect`, as plugins see it: an entry of the bundle, so that nothing of it is shaken away. */
export * from "effect"

/** `@tetra/core` as plugins see it: an entry of the bundle. */
export * from "@tetra/core"

import { definePlugin } from "@tetra/core"

export default definePlugin({ name: "@tetra/plugin-scenarios", version: "0.1.0", api: "^1.0" })

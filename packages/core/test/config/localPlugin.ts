import { definePlugin } from "@tetra/core"
import { Schema } from "effect"

export default definePlugin({ name: "local", version: "1.0.0", api: "1", config: Schema.Struct({ euro: Schema.Finite }) })

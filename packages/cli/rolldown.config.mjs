import { defineConfig } from "rolldown"
import { notices } from "./rolldown.notices.mjs"

export default defineConfig({
  input: {
    main: "src/main.ts",
    core: "src/shared/core.ts",
    effect: "src/shared/effect.ts",
    stageWorker: "src/shared/stageWorker.ts"
  },
  platform: "node",
  plugins: [notices()],
  // Shipped plugins are found at run time, in the project or beside the command line.
  external: [/^@tetra\/plugin-/u, "react-devtools-core", /^@duckdb\//u],
  resolve: { conditionNames: ["tetra:source", "node", "import"] },
  // The development build of React costs twice as much; Ink's developer tools are not shipped.
  transform: { define: { "process.env.NODE_ENV": '"production"', "process.env.DEV": '"false"' } },
  output: { dir: "dist", format: "esm", minify: true, cleanDir: false, chunkFileNames: "chunks/[name].js" }
})

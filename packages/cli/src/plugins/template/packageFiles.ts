import { license } from "./license.ts"
import type { PluginNames } from "./names.ts"

/** What a package is built and tested with: a test compares it with what Tetra itself uses. */
export const builtWith = { effect: "^4.1.0", typescript: "^7.0.2", vitest: "^5.1.1", "@types/node": "^24.0.0" }
const node = ">=22.22"

const manifest = ({ name }: PluginNames, tetra: string): string => {
  const range = `^${tetra}`
  const door = (file: string) => ({ types: `./dist/${file}.d.ts`, default: `./dist/${file}.js` })
  return `${JSON.stringify(
    {
      name,
      version: "0.1.0",
      description: "A plugin for Tetra",
      keywords: ["tetra", "tetra-plugin"],
      license: "MIT",
      files: ["dist"],
      type: "module",
      sideEffects: false,
      exports: { ".": door("index"), "./types": door("types"), "./package.json": "./package.json" },
      publishConfig: { access: "public" },
      scripts: {
        build: "tsc -p tsconfig.build.json",
        typecheck: "tsc",
        test: "vitest run",
        check: "tetra plugins check && tetra plugins certify",
        prepack: "npm run build",
        prepublishOnly: "npm run typecheck && npm test"
      },
      peerDependencies: { "@tetra/core": range, effect: builtWith.effect },
      devDependencies: { "@tetra/cli": range, "@tetra/core": range, ...builtWith },
      engines: { node },
      tetra: { api: "^1.0" }
    },
    null,
    2
  )}\n`
}
const tsconfig = `{
  "compilerOptions": {
    "target": "es2024",
    "module": "nodenext",
    "lib": ["es2024", "dom"],
    "types": ["node"],
    "strict": true,
    "exactOptionalPropertyTypes": true,
    "noUncheckedIndexedAccess": true,
    "verbatimModuleSyntax": true,
    "erasableSyntaxOnly": true,
    "rewriteRelativeImportExtensions": true,
    "skipLibCheck": true,
    "noEmit": true
  },
  "include": ["src", "test"]
}
`
const buildConfig = `{
  "extends": "./tsconfig.json",
  "compilerOptions": { "noEmit": false, "declaration": true, "rootDir": "src", "outDir": "dist" },
  "include": ["src"]
}
`
const types = ({
  slug,
  snake
}: PluginNames): string => `/** What the stages speak: the only module that another plugin imports. */
import { Col, defineAsset, defineTable } from "@tetra/core"

/** Raise @1 when a column changes its meaning or goes; a new column keeps it. */
export const Squares = defineTable("${slug}/Squares@1", { n: Col.int, square: Col.float }, { key: ["n"] })
/** Others read it by this name. */
export const SquaresAsset = defineAsset("${snake}_squares", Squares)
`
const stage = ({ slug }: PluginNames): string => `import { batch, defineStage } from "@tetra/core"
import { Schema } from "effect"
import { SquaresAsset } from "./types.ts"

/** The squares of the whole numbers from 1 to \`count\`. */
export const squaresTo = (count: number): Float64Array => Float64Array.from({ length: count }, (_, i) => (i + 1) ** 2)

export const squares = defineStage({
  id: "${slug}/squares",
  version: 1, // raise it when the same inputs would give another answer: old results are then not reused
  summary: "Squares the whole numbers from 1 on.",
  config: Schema.Struct({ count: Schema.Int.check(Schema.isGreaterThan(0)) }),
  outputs: { squares: SquaresAsset },
  policy: { timeout: "1 minute" },
  async run({ config, log, progress }) {
    const square = squaresTo(config.count)
    progress(config.count, config.count, "numbers")
    log.info("squared", { numbers: config.count })
    return { squares: batch({ n: Int32Array.from(square, (_, i) => i + 1), square }) }
  }
})
`
const index = ({ name, snake }: PluginNames): string => `import { definePipeline, definePlugin, option } from "@tetra/core"
import { Schema } from "effect"
import { squares } from "./squares.ts"

export const pipeline = definePipeline({
  name: "${snake}_pipeline",
  summary: "Squares numbers.",
  parameters: Schema.Struct({
    // Each parameter is a flag of \`tetra run\`, too: --count 20
    count: option(Schema.Int, { help: "How many numbers are squared", unit: "numbers", default: 10 })
  }),
  stages: ({ use, params }) => ({ squares: use(squares, { config: { count: params.count } }) })
})

export default definePlugin({ name: "${name}", version: "0.1.0", api: "^1.0", pipelines: { pipeline } })
`
const test = ({ snake }: PluginNames): string => `import { checkStage, testPipeline, testStage } from "@tetra/core/testing"
import "@tetra/core/testing/vitest"
import { expect, it } from "vitest"
import { pipeline } from "../src/index.ts"
import { squares } from "../src/squares.ts"

it("squares the numbers from 1 on", async () => {
  const tried = await testStage(squares, { config: { count: 3 } })
  expect(tried).toHaveCompleted()
  expect(tried.outputs.squares).toMatchTable([
    { n: 1, square: 1 },
    { n: 2, square: 4 },
    { n: 3, square: 9 }
  ])
})
it("publishes them", async () => {
  const run = await testPipeline(pipeline, { params: { count: 4 } })
  expect(run).toHaveStage("squares", "completed")
  expect(run.assets["${snake}_squares"]).toHaveLength(4)
})
it("keeps what every stage must keep", async () => {
  expect(await checkStage(squares, { config: { count: 3 } })).toConform()
})
`
const configuration = ({
  slug
}: PluginNames): string => `# A project to try the plugin in: npx tetra run, npx tetra plugins certify.
version: 1
project: ${slug}
plugins: ["./src/index.ts"]
`
const readme = ({ name, snake }: PluginNames): string => `# ${name}

A plugin for [Tetra](https://www.npmjs.com/package/@tetra/cli). It brings the pipeline \`${snake}_pipeline\` with the stage \`squares\`, which
publishes the asset \`${snake}_squares\`.

## Use it

    npm install ${name}

\`\`\`yaml
plugins: ["${name}"]
\`\`\`

    npx tetra run --pipeline ${snake} --count 20
    npx tetra assets show ${snake}_squares

## Work on it

    npm install
    npm test                   # the stage, alone and in its pipeline
    npx tetra run              # the project of tetra.yaml, from source
    npm run check              # does it fit, and does it keep what stages must keep
    npm publish                # builds before it packs

| file | what it is |
| --- | --- |
| \`src/types.ts\` | tables and assets: what other plugins may import |
| \`src/squares.ts\` | the stage |
| \`src/index.ts\` | the pipeline and the plugin |
| \`test/squares.test.ts\` | its tests |
| \`tetra.yaml\` | a project to try it in |
`
/** The files of a new package, by path. `tetra`: the version of Tetra that makes it. */
export const packageFiles = (names: PluginNames, tetra: string, year: number): Readonly<Record<string, string>> => ({
  "package.json": manifest(names, tetra),
  "tsconfig.json": tsconfig,
  "tsconfig.build.json": buildConfig,
  "src/index.ts": index(names),
  "src/squares.ts": stage(names),
  "src/types.ts": types(names),
  "test/squares.test.ts": test(names),
  "tetra.yaml": configuration(names),
  "README.md": readme(names),
  LICENSE: license(names.name, year),
  ".gitignore": "node_modules/\ndist/\n.tetra/\n.env\n"
})

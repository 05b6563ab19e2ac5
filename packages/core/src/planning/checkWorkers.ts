import type { AnyNode } from "../authoring/definePipeline.ts"
import { buildNodes } from "./buildNodes.ts"
import type { CataloguePipeline } from "./Catalogue.ts"
import type { Say } from "./checkAssets.ts"
import { defaultsOf } from "./parameters.ts"

const isApart = ({ policy, stage }: AnyNode["~node"]): boolean => {
  const isolation = policy?.isolation ?? stage.policy.isolation
  return (isolation === "thread" || isolation === "process") && stage["~definition"].module === undefined
}
/** A worker finds a stage again by building its pipeline: one that is made inside of `stages` is another one every time. */
export const checkWorkers = (pipelines: ReadonlyMap<string, CataloguePipeline>, say: Say): void => {
  for (const [name, { extensions, pipeline, plugin }] of pipelines) {
    const build = () => buildNodes(pipeline, plugin, extensions, defaultsOf(pipeline))
    const again = new Map(build().map((built) => [built.name, built.node["~node"].stage]))
    for (const built of build()) {
      const { stage } = built.node["~node"]
      if (!isApart(built.node["~node"]) || again.get(built.name) === stage) continue
      say(
        `${name}.${built.name}`,
        `"${stage.id}" asks for a thread or a process of its own, and no worker can find it: it is made anew whenever its pipeline is built`,
        "define the stage at the top of a module; until then it runs in the engine's thread",
        "warning"
      )
    }
  }
}

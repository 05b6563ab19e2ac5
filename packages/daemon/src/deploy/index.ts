/** The door to deployment. */
export { type Checked, type Deployment, deploymentOf } from "./deploymentOf.ts"
export {
  folderOf,
  type Installed,
  installSteps,
  isLocal,
  isNameOf,
  isOwnedBy,
  type LocalTarget,
  type Machine,
  removeSteps,
  type Step
} from "./install.ts"
export { quoted, slug } from "./jobs.ts"
export { askOracles, type Verdict } from "./oracles.ts"
export { type DeployContext, type DeployFile, type Style, type Target, targets } from "./Target.ts"

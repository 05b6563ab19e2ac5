/** What people see of a run: the fold that all renderers share. */
export {
  advance,
  emptyModel,
  isEnded,
  isReused,
  rateAt,
  type RunModel,
  shareDone,
  type StageModel,
  stagesOf
} from "@tetra/tui/model"

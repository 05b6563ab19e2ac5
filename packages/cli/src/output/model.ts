/** What people see of a run: the fold that all renderers share. */
export {
  advance,
  emptyModel,
  isEnded,
  isReused,
  type LiveUnit,
  type PipelineModel,
  rateAt,
  type RunModel,
  shareDone,
  type StageModel,
  stagesOf,
  workDone
} from "@tetra/tui/model"

/** What people see of a run: the fold that all renderers share. */
export {
  advance,
  emptyModel,
  failureText,
  isEnded,
  isReused,
  type PipelineModel,
  rateAt,
  type RunModel,
  shareDone,
  type StageModel,
  stagesOf
} from "@tetra/tui/model"

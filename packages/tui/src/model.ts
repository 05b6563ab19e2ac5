/** The door for renderers: the fold over a run's events and the words for it. Imports nothing of a terminal, and of the core only types. */
export { ago, bytes, clockTime, count, dateTime, duration, many, short, stopwatch } from "./model/amounts.ts"
export { type Attachment, backoffMs, lost, received, retried, unattached } from "./model/link/attachment.ts"
export { beginning, type Cursor, type Frame, placeText, readPlace } from "./model/link/protocol.ts"
export { failureText } from "./model/failureText.ts"
export { type CompiledFilter, compileFilter } from "./model/LogFilter.ts"
export { attemptsOf, type QueryContext } from "./model/logs/query.ts"
export { type History, runRemaining, stageRemaining } from "./model/estimate.ts"
export { advance } from "./model/advance.ts"
export {
  emptyModel,
  isEnded,
  isReused,
  type LiveUnit,
  type PipelineModel,
  rateAt,
  type RetryModel,
  type RunModel,
  shareDone,
  type StageModel,
  stagesOf,
  workDone
} from "./model/RunModel.ts"
export { bindingsIn, type Keymap, keymap } from "./model/keymap.ts"
export { type KeyState, noKeys, readKeys } from "./model/keys.ts"
export { type KeyProblem, nameOf, remap } from "./model/remap.ts"

/** How long it may still take, as every renderer says it. */
export { type History, runRemaining, stageRemaining } from "@tetra/tui/model"

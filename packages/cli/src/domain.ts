/** The words that the surfaces share with the engine, from its door. */
export type {
  Admission,
  AdmissionReason,
  Diagnostic,
  Json,
  LiveEvent,
  LogLine,
  PlannedStage,
  RunPlan,
  StageForecast,
  Status,
  StoredEvent
} from "@tetra/core/engine"

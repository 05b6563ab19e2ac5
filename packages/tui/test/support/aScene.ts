import type { LiveEvent } from "@tetra/core/engine"
import { emptyWorld } from "../../src/model/Recording.ts"
import { type Abilities, type Scene, SceneMaker } from "../../src/model/Scene.ts"
import { initialUi, type Ui, type View } from "../../src/model/Ui.ts"
import { emptyDesk, take, type World } from "../../src/model/World.ts"
import { viewPainters } from "../../src/paint/screen.ts"
import { themeNames } from "../../src/paint/theme.ts"
import { start } from "../../../core/src/testing/recorder.ts"

export const everyView = Object.keys(viewPainters) as ReadonlyArray<View>
export const everything: Abilities = {
  verbs: new Set(["run", "force", "retry", "cancel", "pause", "resume", "pauseSchedule", "resumeSchedule", "trigger"] as const),
  line: "tetra run --mode weekly",
  views: everyView,
  readOnly: false,
  themes: themeNames
}
export const anEmptyWorld = (): World => ({
  ...emptyWorld(new Map([["metrics_pipeline.indicators", 3000]])),
  logPath: "/project/.tetra/logs/abc123.jsonl",
  desk: {
    ...emptyDesk,
    config: [
      { path: "version", value: "1", origin: "config/orchestration.yaml" },
      { path: "pipelines.data_pipeline.config.symbols", value: "SPY, QQQ, 東京", origin: "config/orchestration.yaml" },
      { path: "alerting.channels.email.recipients", value: "ops@example.com\u001b[2J", origin: "config/orchestration.yaml" }
    ],
    charts: [{ kind: "equity", title: "equity", values: [1, 1.1, 1.05, 1.2], from: "2026-01-01", to: "2026-01-31" }]
  },
  zone: "UTC"
})
export const aWorld = (events: ReadonlyArray<LiveEvent>): World => events.reduce(take, anEmptyWorld())

/** A scene seven seconds after the start of the run. */
export const aScene = (world: World, ui: Partial<Ui> = {}, abilities: Abilities = everything): Scene =>
  new SceneMaker().make(world, { ...initialUi, ...ui }, start + 7000, abilities)

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export const random = (seed: number) => {
  let state = seed >>> 0
  return (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

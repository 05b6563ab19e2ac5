/** The door for the command line: the dashboard. Import it lazily, since it loads Ink. */
export { Dashboard, type DashboardOptions, type Request } from "./ink/Dashboard.tsx"
export { recordingOf } from "./model/Recording.ts"
export type { Abilities } from "./model/Scene.ts"
export { jsonFacts } from "./model/inspect.ts"
export type { Verb, View } from "./model/Ui.ts"
export type { Desk, HealthCheck, PastRun, Series, Setting } from "./model/World.ts"
export { aLook, hasColor, hasUnicode, type Look, type ThemeName, themes } from "./paint/theme.ts"
export { viewPainters } from "./paint/screen.ts"

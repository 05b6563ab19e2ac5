/** What each route is for, in one sentence: part of `/openapi.json`. */

/** By operation id. */
const summaries: Readonly<Record<string, string>> = {
  live: "Is the process there? Needs no store.",
  ready: "May it be given work? 503 says why not.",
  health: "The whole report on pipelines and system; 503 when it is unhealthy.",
  metrics: "Figures for Prometheus.",
  "runs.list": "Past and present runs, newest first.",
  "runs.start": "Begins a run, or gives the one that the same key has begun (200, `created: false`).",
  "runs.one": "One run: an id, or `latest`.",
  "runs.events": "The record of a run, from its beginning or behind a number.",
  "runs.logs": "The newest log lines of a run.",
  "runs.follow": "One run as server-sent events: what is recorded, its log and its progress.",
  "runs.stream": "Everything that is recorded, of all runs, as server-sent events. `Last-Event-ID` goes on behind it.",
  "runs.cancel": "Stops a run, in whatever process it is.",
  "runs.pause": "Lets a run start no further attempt.",
  "runs.resume": "Lets a paused run go on.",
  "runs.retry": "Does again what a run did not complete, or single stages and all that depends on them.",
  "project.pipelines": "Every pipeline with what was recorded of it.",
  "project.pipeline": "One pipeline: its stages, parameters and assets.",
  "project.graph": "Pipelines, stages and assets as a graph.",
  "project.plan": "What a run of a mode would do now, and why; runs nothing.",
  "assets.list": "Every asset with its newest version.",
  "assets.one": "One asset with its newest version.",
  "assets.versions": "The versions of an asset, newest first.",
  "assets.version": "One version: a beginning of its hash, or `latest`.",
  "assets.lineage": "What a version was made from, back to its sources.",
  "assets.data": "Rows of a version, 10,000 at most in one answer.",
  "schedules.list": "Every schedule and its next time.",
  "schedules.next": "The next times of a schedule.",
  "schedules.simulate": "Every time of a year, and those that are left out, with the reason.",
  "schedules.pause": "Lets a schedule fire no more.",
  "schedules.resume": "Lets a paused schedule fire again, from now on.",
  "schedules.trigger": "Runs the pipeline of a schedule now.",
  "why.name": "The recorded reasons of a run, stage, pipeline, asset or alert, as a tree.",
  "why.kind": "The same, where one name belongs to several kinds.",
  "alerts.list": "Alerts, newest first, in pages: those that are open, or all.",
  "alerts.one": "One alert with every message and what became of it.",
  "alerts.ack": "Takes an alert in hand: no reminders, no escalation.",
  "alerts.silences": "What is silenced, until when and by whom.",
  "alerts.silence": "Silences alerts that match, for a time.",
  "alerts.unsilence": "Ends a silence.",
  "alerts.test": "Sends a test message through a channel.",
  "daemon.status": "The server: its process, what it holds back, its configuration.",
  "daemon.stop": "Stops the server; runs may finish, or with `now` are interrupted.",
  "config.current": "The configuration in force, without secrets.",
  "config.versions": "Every configuration that was in force.",
  "config.diff": "What two versions differ in, and what follows from it.",
  "config.validate": "Checks the text of a configuration: every problem at once.",
  "config.rollback": "Writes the file as it was in an earlier version, and reads it.",
  "config.reload": "Reads the configuration anew.",
  "versions.versions": "The versions of a pipeline: which is in force, which in the shadow, how both agree.",
  "versions.promote": "Puts another version of a pipeline in force.",
  "versions.reset": "Forgets the state, the cached results and the checkpoints of a pipeline: its next run computes anew.",
  "versions.rollback": "Puts the version in force that was before the last promotion.",
  "tokens.list": "The tokens that hold, without their texts.",
  "tokens.create": "Makes a token; its text is in this answer only.",
  "tokens.revoke": "Takes a token back, at once.",
  "audit.list": "Who changed what, newest first.",
  "desk.view": "For the dashboard: what a view shows.",
  "desk.charts": "For the dashboard: what can be charted.",
  "desk.column": "For the dashboard: one column of an asset.",
  "desk.compare": "For the dashboard: what two runs differ in.",
  "desk.why": "For the dashboard: the recorded reasons of what is chosen.",
  "desk.schedule": "For the dashboard: pauses, resumes or triggers a schedule.",
  "desk.dryRun": "For the dashboard: what a run would do now."
}
interface Operation {
  readonly operationId?: string
}

/** The document with its summaries. */
export const withSummaries = (document: Record<string, unknown>): Record<string, unknown> => {
  const paths = document["paths"] as Readonly<Record<string, Readonly<Record<string, Operation>>>>
  const told = Object.entries(paths).map(([path, methods]) => [
    path,
    Object.fromEntries(
      Object.entries(methods).map(([method, operation]) => {
        const summary = summaries[operation.operationId ?? ""]
        return [method, summary === undefined ? operation : { ...operation, summary }]
      })
    )
  ])
  return { ...document, paths: Object.fromEntries(told) as unknown }
}

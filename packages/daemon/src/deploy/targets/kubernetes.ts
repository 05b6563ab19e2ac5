/** Kubernetes: a Deployment that keeps the daemon, or one CronJob per time table. */
import { parseCron } from "@tetra/core/engine"
import { Result } from "effect"
import { parseAllDocuments, stringify } from "yaml"
import { ruleOf, type Written } from "../express.ts"
import { headerLines } from "../header.ts"
import { daemonWords, gateWords, idsOf, type Job, nameOf, type Writer } from "../jobs.ts"
import { type DeployContext, type DeployFile, NotReadBack, type ReadSchedule, type Share } from "../Target.ts"

const fileName = "tetra.yaml"
/** The longest name of a CronJob that leaves room for what is put behind it. */
const mostName = 52
const port = 4700
const data = "/data"
type Manifest = Readonly<Record<string, unknown>>

const appName = (project: string): string => (project === "tetra" ? "tetra" : `tetra-${project}`)
const labels = ({ project }: DeployContext) => ({
  "app.kubernetes.io/name": "tetra",
  "app.kubernetes.io/instance": project,
  "app.kubernetes.io/managed-by": "tetra-deploy"
})
const resourcesOf = (shares: ReadonlyArray<Share>) => {
  const cpu = Math.max(0, ...shares.map((share) => share.cpu ?? 0)) || 1
  const memory = Math.max(0, ...shares.map((share) => share.memoryMB ?? 0)) || 2048
  return {
    requests: { cpu: `${Math.max(0.1, cpu / 2)}`, memory: `${Math.round(memory / 2)}Mi` },
    limits: { cpu: `${cpu}`, memory: `${memory}Mi` }
  }
}
const secretOf = (project: string): string => `${appName(project)}-secrets`
const fromSecret = (context: DeployContext, name: string, isOptional: boolean) => ({
  name,
  valueFrom: { secretKeyRef: { name: secretOf(context.project), key: name, ...(isOptional ? { optional: true } : {}) } }
})
const container = (context: DeployContext, args: ReadonlyArray<string>, shares: ReadonlyArray<Share>) => ({
  name: "tetra",
  image: `${appName(context.project)}:latest`,
  args: [...args],
  env: [
    { name: "TETRA_HOME", value: data },
    { name: "TMPDIR", value: "/tmp" },
    ...(context.hasDatabase ? [fromSecret(context, "TETRA_DATABASE_URL", false)] : []),
    ...(context.style === "daemon" ? [fromSecret(context, "TETRA_API_TOKEN", false)] : [])
  ],
  resources: resourcesOf(shares),
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] }
  },
  volumeMounts: [
    { name: "data", mountPath: data },
    { name: "tmp", mountPath: "/tmp" }
  ]
})
const podSpec = (context: DeployContext) => ({
  automountServiceAccountToken: false,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 1000,
    runAsGroup: 1000,
    fsGroup: 1000,
    seccompProfile: { type: "RuntimeDefault" }
  },
  terminationGracePeriodSeconds: context.drainSeconds + 10,
  volumes: [
    { name: "data", persistentVolumeClaim: { claimName: `${appName(context.project)}-data` } },
    { name: "tmp", emptyDir: {} }
  ]
})
const claim = (context: DeployContext): Manifest => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: `${appName(context.project)}-data`, labels: labels(context) },
  spec: {
    accessModes: [context.hasDatabase ? "ReadWriteMany" : "ReadWriteOnce"],
    resources: { requests: { storage: "20Gi" } }
  }
})
const probe = (path: string, more: Manifest = {}) => ({
  // The server takes requests for this machine only; whoever probes it asks by the address of the pod.
  httpGet: { path, port, httpHeaders: [{ name: "Host", value: `127.0.0.1:${port}` }] },
  periodSeconds: 10,
  ...more
})
const deployment = (context: DeployContext): Manifest => {
  const shares = context.schedules.map(({ pipeline }) => context.share(pipeline))
  const pod = container(context, daemonWords(pathless(context), "--http", `0.0.0.0:${port}`), shares)
  const strategy = context.hasDatabase
    ? { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }
    : { type: "Recreate" }
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: appName(context.project), labels: labels(context) },
    spec: {
      replicas: 1,
      strategy,
      selector: { matchLabels: labels(context) },
      template: {
        metadata: { labels: labels(context) },
        spec: {
          ...podSpec(context),
          containers: [
            {
              ...pod,
              ports: [{ name: "http", containerPort: port }],
              startupProbe: probe("/health/live", { periodSeconds: 2, failureThreshold: 60 }),
              livenessProbe: probe("/health/live", { failureThreshold: 6 }),
              readinessProbe: probe("/health/ready")
            }
          ]
        }
      }
    }
  }
}
/** Inside of the image the project lies where the command is started. */
const pathless = (context: DeployContext): DeployContext => ({ ...context, configFile: undefined })

const concurrency = { skip: "Forbid", queue_one: "Forbid", replace: "Replace", allow: "Allow" } as const
/** Not under 10 seconds, where the controller looks too seldom, and not so long that a hundred times are missed in it, where it gives up. */
const startingDeadline = ({ catchUp, startDeadlineMs, timing }: Job["spec"]): number => {
  const windowMs = catchUp._tag === "None" ? startDeadlineMs : catchUp._tag === "All" ? catchUp.windowMs : 24 * 3_600_000
  const perDay = timing.rule._tag === "Cron" ? timing.rule.cron.seconds.length : 2
  return Math.max(10, Math.min(Math.floor(windowMs / 1000), Math.floor((99 * 86_400) / perDay)))
}
const cronJob = (context: DeployContext, { name, spec }: Job, rule: Written, i: number): Manifest => {
  const suffix = i === 0 ? "" : `-${i + 1}`
  const full = `${nameOf(`${appName(context.project)}-${name}`, [], mostName - suffix.length)}${suffix}`
  const { text, zone } = ruleOf(rule)
  const args = [...gateWords(pathless(context), "kubernetes", [spec.id]), "--partial-ok"]
  return {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: full, labels: labels(context) },
    spec: {
      schedule: text,
      timeZone: zone,
      concurrencyPolicy: concurrency[spec.overlap],
      startingDeadlineSeconds: startingDeadline(spec),
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      jobTemplate: {
        spec: {
          backoffLimit: 0,
          template: {
            metadata: { labels: labels(context) },
            spec: {
              ...podSpec(context),
              restartPolicy: "Never",
              containers: [container(context, args, [context.share(spec.pipeline)])]
            }
          }
        }
      }
    }
  }
}
interface ReadCronJob {
  readonly kind?: unknown
  readonly spec?: {
    readonly schedule?: unknown
    readonly timeZone?: unknown
    readonly jobTemplate?: {
      readonly spec?: {
        readonly template?: { readonly spec?: { readonly containers?: ReadonlyArray<{ readonly args?: unknown }> } }
      }
    }
  }
}
const readAll = (files: ReadonlyArray<DeployFile>): ReadonlyArray<ReadCronJob> =>
  files.flatMap(({ path, text }) =>
    parseAllDocuments(text).map((document) => {
      if ("errors" in document && document.errors.length > 0) throw new NotReadBack(`${path}: ${document.errors[0]!.message}`)
      return (document as { toJS: () => unknown }).toJS() as ReadCronJob
    })
  )
export const kubernetes: Writer = {
  write: (context, jobs, told) => {
    const manifests =
      context.style === "daemon"
        ? [claim(context), deployment(context)]
        : [claim(context), ...jobs.flatMap((job) => job.expressed.rules.map((rule, i) => cronJob(context, job, rule, i)))]
    const notes = [
      ...headerLines("kubernetes", context, told),
      `The image ${appName(context.project)}:latest is built from the Dockerfile of \`tetra deploy docker\`.`,
      ...(context.hasDatabase || context.style === "daemon"
        ? [
            `The Secret ${secretOf(context.project)} is yours to make: ${[...(context.hasDatabase ? ["TETRA_DATABASE_URL"] : []), ...(context.style === "daemon" ? ["TETRA_API_TOKEN"] : [])].join(", ")}.`
          ]
        : [])
    ]
    const text = manifests.map((manifest) => stringify(manifest, { lineWidth: 0 })).join("---\n")
    return [{ path: fileName, text: `${notes.map((line) => `# ${line}`).join("\n")}\n${text}` }]
  },
  read: (files) => {
    const found = new Map<string, ReadSchedule>()
    for (const { kind, spec } of readAll(files)) {
      if (kind !== "CronJob") continue
      const args = spec?.jobTemplate?.spec?.template?.spec?.containers?.[0]?.args
      const [id] = Array.isArray(args) ? idsOf(args.map(String)) : []
      const parsed = parseCron(String(spec?.schedule))
      if (id === undefined || Result.isFailure(parsed))
        throw new NotReadBack(`a CronJob does not run a schedule: ${String(spec?.schedule)}`)
      const rule = { text: String(spec?.schedule), cron: parsed.success, zone: String(spec?.timeZone) }
      found.set(id, { id, rules: [...(found.get(id)?.rules ?? []), rule], instants: [] })
    }
    return [...found.values()]
  }
}

import { spawnSync } from "node:child_process"
import { describe, expect, it } from "vitest"
import { parseAllDocuments } from "yaml"
import { askOracles, deploymentOf, type Target } from "../../src/deploy/index.ts"
import { plistText, readPlist } from "../../src/deploy/plist.ts"
import { aContext, now, theChain } from "./aContext.ts"

const has = (program: string, ...words: ReadonlyArray<string>) => spawnSync(program, words).status === 0
const hasSystemd = has("systemd-analyze", "--version")
const hasKubectl = has("kubectl", "version", "--client")
const hasPython = has("python3", "--version")

describe("the programs that read the files", { timeout: 60_000 }, () => {
  const read = (target: Target, context = theChain()) => {
    const { files, problems } = deploymentOf(target, context)
    expect(problems).toEqual([])
    return askOracles(target, files, now)
  }
  it.skipIf(!hasSystemd)("systemd reads its units, and the same next 200 times", async () => {
    const units = await read("systemd", aContext({ p: ["*/30 * * * *"], q: ["0 9 L * 5L"], r: ["7 9 * jan,jul 5#2"] }))
    const daemon = await read("systemd", theChain({ style: "daemon", isSystemWide: true }))
    expect([units, daemon]).toEqual([units, daemon].map(() => ({ said: ["systemd-analyze"], problems: [] })))
  })
  it.skipIf(!hasSystemd)("systemd says what is wrong with a unit", async () => {
    const { files } = deploymentOf("systemd", aContext({ p: ["0 19 * * *"] }))
    const wrong = files.map((file) => ({ ...file, text: file.text.replace("Type=oneshot", "Type=oneshoot") }))
    expect((await askOracles("systemd", wrong, now)).problems.join()).toContain("oneshoot")
  })
  it.skipIf(!hasPython)("python reads the files of Airflow and Prefect", async () => {
    expect(await read("airflow")).toEqual({ said: ["python"], problems: [] })
    expect(await read("prefect")).toEqual({ said: ["python"], problems: [] })
    expect((await askOracles("airflow", [{ path: "x.py", text: "def (" }], now)).problems).toEqual([
      expect.stringContaining("SyntaxError")
    ])
  })
  it.skipIf(!hasKubectl)("kubectl reads the manifests into its own types, and finds what it does not know of", async () => {
    const chain = await read("kubernetes")
    const daemon = await read("kubernetes", theChain({ style: "daemon", hasDatabase: true }))
    expect([chain, daemon]).toEqual([chain, daemon].map(() => ({ said: ["kubectl"], problems: [] })))
    const changed = async (from: string, to: string) => {
      const { files } = deploymentOf("kubernetes", aContext({ p: ["0 19 * * *"] }))
      const wrong = files.map((file) => ({ ...file, text: file.text.replace(from, to) }))
      return (await askOracles("kubernetes", wrong, now)).problems.join()
    }
    expect(await changed("backoffLimit: 0", "backofLimit: 0")).toMatch(
      /^kubectl knows nothing of spec\.jobTemplate\.spec\.backofLimit in /u
    )
    expect(await changed("runAsNonRoot: true", 'runAsNonRoot: "yes"')).toMatch(/^kubectl cannot read .*runAsNonRoot/u)
  })
  it.skipIf(!hasPython)("python reads the same property list that we read", () => {
    for (const { text } of deploymentOf("launchd", theChain({ root: "/srv/a & <b> -- c" })).files) {
      const script = "import plistlib,sys,json; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))"
      const { stdout } = spawnSync("python3", ["-c", script], { input: text, encoding: "utf8" })
      expect(JSON.parse(stdout)).toEqual(readPlist(text))
    }
  })
})
describe("a property list", () => {
  it("is read as it was written", () => {
    const value = { Label: "a & <b>", Empty: {}, None: [], Many: [1, true, "x", { Deep: false }] }
    expect(readPlist(plistText(value, ["with --dashes--"]))).toEqual(value)
  })
  it("holds no control characters and reads no entities", () => {
    expect(() => plistText("a\u0001b", [])).toThrow("control characters")
    expect(() =>
      readPlist('<!DOCTYPE plist [<!ENTITY x SYSTEM "file:///etc/passwd">]><plist><string>&x;</string></plist>')
    ).toThrow("entities")
  })
})
describe("the manifests of Kubernetes", () => {
  interface Pod {
    readonly restartPolicy?: string
    readonly automountServiceAccountToken: boolean
    readonly securityContext: { readonly runAsNonRoot: boolean }
    readonly volumes: ReadonlyArray<{ readonly name: string }>
    readonly containers: ReadonlyArray<{
      readonly securityContext: {
        readonly readOnlyRootFilesystem: boolean
        readonly capabilities: { readonly drop: ReadonlyArray<string> }
      }
      readonly volumeMounts: ReadonlyArray<{ readonly name: string }>
    }>
  }
  const manifests = (context: ReturnType<typeof aContext>) =>
    deploymentOf("kubernetes", context).files.flatMap(({ text }) =>
      parseAllDocuments(text).map((document) => (document as { toJS: () => unknown }).toJS() as Readonly<Record<string, unknown>>)
    )
  const podsOf = (all: ReadonlyArray<Readonly<Record<string, unknown>>>): ReadonlyArray<Pod> =>
    all.flatMap(({ kind, spec }) => {
      const { jobTemplate, template } = spec as { jobTemplate?: { spec: { template: { spec: Pod } } }; template?: { spec: Pod } }
      if (kind === "PersistentVolumeClaim") return []
      return [(jobTemplate?.spec.template ?? template)!.spec]
    })
  it("run without privileges, write to their volumes only, and mount what they name", () => {
    const all = [...manifests(theChain()), ...manifests(theChain({ style: "daemon", hasDatabase: true }))]
    expect(podsOf(all)).toHaveLength(4)
    for (const { automountServiceAccountToken, containers, securityContext, volumes } of podsOf(all)) {
      expect([automountServiceAccountToken, securityContext.runAsNonRoot]).toEqual([false, true])
      for (const { securityContext: own, volumeMounts } of containers) {
        expect([own.readOnlyRootFilesystem, own.capabilities.drop]).toEqual([true, ["ALL"]])
        expect(volumeMounts.map(({ name }) => name)).toEqual(volumes.map(({ name }) => name))
      }
    }
  })
  it("name no CronJob longer than 52 characters, and no two alike", () => {
    const id = "p"
    const context = aContext({ [id]: ["30 2 * * *"] }, { project: "a-project-with-quite-a-long-name-of-its-own-for-once" })
    const names = manifests(context).map(({ metadata }) => (metadata as { name: string }).name)
    expect(Math.max(...names.slice(1).map((name) => name.length))).toBeLessThanOrEqual(52)
    expect(new Set(names).size).toBe(names.length)
  })
  it("hold no secret: the address of the database comes from a Secret", () => {
    const [text] = deploymentOf("kubernetes", theChain({ style: "daemon", hasDatabase: true })).files.map((file) => file.text)
    expect(text).toContain("secretKeyRef")
    expect(text).not.toContain("postgres://")
  })
})

import { hash } from "node:crypto"
import { chmod, copyFile, readdir, readFile, rm, stat } from "node:fs/promises"
import { dirname, join } from "node:path"
import { Effect } from "effect"
import { DatasetError } from "../../authoring/data.ts"
import type { StoredArtifact, StoredOutput, StoredValue } from "../../domain/Artifact.ts"
import type { Json } from "../../domain/Names.ts"
import { Moved } from "../../execution/Moved.ts"
import type { ArtifactStore } from "../../execution/ports/ArtifactStore.ts"
import type { Scanner } from "../parquet/scan.ts"
import { recordedJson } from "../recorded.ts"
import { canonicalJson } from "../../domain/canonicalJson.ts"
import { makeDatasetRef } from "./datasetRef.ts"
import { damagedError, onFile, toDatasetError } from "./datasetError.ts"
import { type Folders, safeName } from "./folders.ts"
import { makeFolder } from "./makeFolder.ts"
import { makeObjects, type Objects } from "./objects.ts"
import { publishVersion } from "./publish.ts"
import { mergedTable } from "./storedTable.ts"

/** A value up to this size lies in the journal itself; a larger one is an object. */
const maxInlineBytes = 64 * 1024

const objectsOf = (output: StoredOutput): ReadonlyArray<{ readonly hash: string; readonly bytes: number }> =>
  output.kind === "table" ? output.files : output.object === undefined ? [] : [{ hash: output.object, bytes: output.bytes }]

const putValue = (objects: Objects, folder: string, type: string, value: Json): Effect.Effect<StoredValue, DatasetError> => {
  const text = canonicalJson(value)
  const bytes = Buffer.byteLength(text)
  const about = { kind: "value", type, version: hash("sha256", `${type}\n${text}`), bytes } as const
  if (bytes <= maxInlineBytes) return Effect.succeed({ ...about, value: recordedJson<Json>(text) })
  return Effect.map(
    onFile(type, folder, () => objects.put(new TextEncoder().encode(text))),
    (object) => ({ ...about, object })
  )
}

/** Folders and name of an artifact as a path below the stage's reports; `undefined` for one that would leave it. */
const safePath = (name: string): string | undefined => {
  const parts = name.split("/")
  return parts.some((part) => part === "" || part === "." || part === "..") ? undefined : join(...parts.map(safeName))
}
const expose = async (folders: Folders, run: string, stage: string, artifact: StoredArtifact): Promise<string> => {
  const below = safePath(artifact.name)
  if (below === undefined) {
    throw new DatasetError({
      asset: artifact.name,
      reason: "shape",
      detail: "an artifact's name is a file name, or folders and a file name, without . or .."
    })
  }
  const target = join(folders.reportsOf(run, stage), below)
  await makeFolder(dirname(target))
  await copyFile(folders.objectOf(artifact.hash), target) // a copy: people may edit what they find
  await chmod(target, 0o600)
  return target
}

/** Staging folders are named by the run; those that begin with a dot belong to writes in progress. */
const sweep = async (
  folders: Folders,
  which: { readonly run: string } | { readonly except: ReadonlyArray<string> }
): Promise<void> => {
  if ("run" in which) return rm(folders.stagingOf(which.run), { recursive: true, force: true })
  const kept = new Set(which.except.map(safeName))
  const names = await readdir(folders.staging).catch((): ReadonlyArray<string> => [])
  await Promise.all(
    names
      .filter((name) => !kept.has(name) && !name.startsWith("."))
      .map((name) => rm(join(folders.staging, name), { recursive: true, force: true }))
  )
}

/** A write in progress takes seconds; what is older than this was left behind by a process that died. */
const leftOverMs = 24 * 3_600_000
/** Removes what writes that never ended left aside. `now` is epoch milliseconds, of the clock that the file system uses. */
export const sweepLeftOver = async (folders: Folders, now: number): Promise<void> => {
  for (const aside of [".objects", ".publish"]) {
    const folder = join(folders.staging, aside)
    for (const name of await readdir(folder).catch((): ReadonlyArray<string> => [])) {
      const path = join(folder, name)
      const made = await stat(path).catch(() => undefined) // gone: its write has ended
      if (made !== undefined && made.mtimeMs < now - leftOverMs) await rm(path, { recursive: true, force: true })
    }
  }
}

/** Tables, values and files under the data folder. The Parquet code is loaded when the first table is touched. */
export const makeArtifactStore = (folders: Folders): ArtifactStore["Service"] => {
  const objects = makeObjects(folders)
  let scanner: Promise<Scanner> | undefined
  const scannerOf = (): Promise<Scanner> => (scanner ??= import("../parquet/scan.ts").then(({ makeScanner }) => makeScanner()))
  const getValue = async (value: StoredValue): Promise<Json> => {
    if (value.object === undefined) return value.value ?? null
    const bytes = await readFile(folders.objectOf(value.object))
    Moved.read(bytes.byteLength)
    if (hash("sha256", bytes) === value.object) return recordedJson<Json>(bytes.toString("utf8"))
    throw await damagedOr(value.type, [value.object], undefined)
  }
  /** What a read failed with, once its objects were looked at: the first damaged one is moved away and told. */
  const damagedOr = async (
    asset: string,
    hashes: ReadonlyArray<string>,
    error: DatasetError | undefined
  ): Promise<DatasetError> => {
    for (const one of error === undefined || error.reason === "corrupt" ? hashes : []) {
      const aside = await objects.setAside(one).catch(() => undefined) // it may not be ours to move
      if (aside !== undefined) return damagedError(asset, folders.objectOf(one), aside)
    }
    return error ?? toDatasetError(asset, folders.objectOf(hashes[0] ?? ""), new Error("it changes while it is read"))
  }
  const pathOfValue = (value: StoredValue): string =>
    value.object === undefined ? "the journal" : folders.objectOf(value.object)
  const fields = async (path: string): Promise<Json> =>
    ((await (await scannerOf()).footer(path)).ours?.fields ?? []).map(({ kind, name }) => ({ name, kind }))
  return {
    home: folders.home,
    sink: (type, staging, resume = []) =>
      Effect.gen(function* () {
        const asset = staging.split("/").at(-1) ?? type.id
        const { makeTableSink } = yield* onFile(asset, folders.staging, () => import("./tableSink.ts"))
        return yield* makeTableSink(
          { objects, objectOf: folders.objectOf },
          type,
          { folder: folders.stagingOf(staging), asset },
          resume
        )
      }),
    putValue: (type, value) => Effect.suspend(() => putValue(objects, folders.objects, type, value)),
    getValue: (value) =>
      value.object === undefined
        ? Effect.succeed(value.value ?? null)
        : onFile(value.type, pathOfValue(value), () => getValue(value)),
    putFile: (name, media, bytes) =>
      onFile(name, folders.objects, async () => ({ name, media, bytes: bytes.byteLength, hash: await objects.put(bytes) })),
    merge: (type, parts) =>
      parts.length === 0
        ? Effect.fail(new DatasetError({ asset: type.id, reason: "missing", detail: "there is no part to make the table of" }))
        : Effect.succeed(mergedTable(type, parts)),
    open: (type, table, producer) =>
      makeDatasetRef(type, table, producer, {
        scannerOf,
        files: table.files.map((file) => folders.objectOf(file.hash)),
        explain: (error) =>
          damagedOr(
            type.id,
            table.files.map((file) => file.hash),
            error
          )
      }),
    pathOf: ({ hash }) => folders.objectOf(hash),
    holds: (output) =>
      Effect.promise(async () => {
        const there = await Promise.all(objectsOf(output).map(({ bytes, hash }) => objects.has(hash, bytes)))
        return there.every((held) => held)
      }),
    publish: (version) =>
      onFile(version.asset, folders.publishedOf(version.asset, version.version), () => {
        const { output } = version
        return publishVersion(folders, version, {
          schema: fields,
          value: async () => (output.kind === "value" ? getValue(output) : null)
        })
      }),
    expose: (run, stage, artifact) =>
      onFile(artifact.name, folders.objectOf(artifact.hash), () => expose(folders, run, stage, artifact)),
    sweep: (which) => Effect.promise(() => sweep(folders, which).catch(() => undefined)) // what cannot be removed now is tried again at the next sweep
  }
}

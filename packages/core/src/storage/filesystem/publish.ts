import { randomUUID } from "node:crypto"
import { readFile, rename, rm, stat, utimes } from "node:fs/promises"
import { dirname, join } from "node:path"
import type { AssetVersion } from "../../domain/Artifact.ts"
import type { Json } from "../../domain/Names.ts"
import { canonicalJson } from "../../domain/canonicalJson.ts"
import type { Folders } from "./folders.ts"
import { makeFolder } from "./makeFolder.ts"
import { exists, hashOf, linkOrCopy, syncFolder, writeDurably } from "./objects.ts"

const manifestName = "manifest.json"
const valueName = "value.json"
const partName = (i: number): string => `part-${String(i).padStart(5, "0")}.parquet`

/** Columns and kinds as the file of a table records them. */
export type SchemaReader = (path: string) => Promise<Json>

const manifestOf = (version: AssetVersion, schema: Json): Json => {
  const { output } = version
  return {
    v: 1,
    asset: version.asset,
    version: version.version,
    kind: output.kind,
    type: output.type,
    content_hash: output.version,
    bytes: output.bytes,
    ...(output.kind === "table"
      ? {
          rows: output.rows,
          ...(output.asOf === undefined ? {} : { as_of: output.asOf }),
          ...(output.knownAt === undefined ? {} : { known_at: output.knownAt }),
          schema,
          files: output.files.map((file, i) => ({ name: partName(i), sha256: file.hash, rows: file.rows, bytes: file.bytes }))
        }
      : { files: [{ name: "value.json", bytes: output.bytes }] }),
    producer: { ...version.producer },
    inputs: { ...version.inputs },
    coverage: { ...version.coverage, missing: version.coverage.missing.map((part) => ({ ...part })) },
    ...(version.degraded === undefined ? {} : { degraded: version.degraded })
  }
}

interface Reader {
  readonly schema: SchemaReader
  readonly value: () => Promise<Json>
}
const manifestText = async (folders: Folders, version: AssetVersion, read: Reader): Promise<string> => {
  const first = version.output.kind === "table" ? version.output.files[0] : undefined
  const schema = first === undefined ? null : await read.schema(folders.objectOf(first.hash))
  return `${JSON.stringify(manifestOf(version, schema), undefined, 2)}\n`
}
/** Makes `artifacts/<asset>/<version>/`, aside and then moved into place; answers it. There already: what is damaged of it is made anew. */
export const publishVersion = async (folders: Folders, version: AssetVersion, read: Reader): Promise<string> => {
  const target = folders.publishedOf(version.asset, version.version)
  if (await vouchedFor(join(target, manifestName))) {
    await mend(folders, target, version, read)
    return target
  }
  const aside = join(folders.staging, ".publish", randomUUID())
  await makeFolder(aside)
  try {
    const { output } = version
    if (output.kind === "table")
      for (const [i, file] of output.files.entries()) await linkOrCopy(folders.objectOf(file.hash), join(aside, partName(i)))
    else await writeDurably(join(aside, valueName), canonicalJson(await read.value()))
    await writeDurably(join(aside, manifestName), await manifestText(folders, version, read))
    await makeFolder(dirname(target))
    await syncFolder(aside)
    await moveInto(aside, target)
    await syncFolder(dirname(target))
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
  return target
}
/** Puts what `make` makes in the place of a file, whole or not at all. */
const replace = async (folders: Folders, file: string, make: (aside: string) => Promise<void>): Promise<void> => {
  const aside = join(folders.staging, ".publish", randomUUID())
  await makeFolder(dirname(aside))
  await make(aside)
  await rename(aside, file)
  await syncFolder(dirname(file))
}
const isJson = (text: string): boolean => {
  try {
    return typeof JSON.parse(text) === "object"
  } catch {
    return false
  }
}
const mend = async (folders: Folders, target: string, version: AssetVersion, read: Reader): Promise<void> => {
  const { output } = version
  const textOf = (file: string): Promise<string> => readFile(file, "utf8").catch(() => "")
  const manifest = join(target, manifestName)
  if (!isJson(await textOf(manifest)))
    await replace(folders, manifest, async (aside) => writeDurably(aside, await manifestText(folders, version, read)))
  if (output.kind === "table") return await mendParts(folders, target, output.files)
  const [file, text] = [join(target, valueName), canonicalJson(await read.value())]
  if ((await textOf(file)) !== text) await replace(folders, file, (aside) => writeDurably(aside, text))
}
/** A part is a name of its object, so it was damaged with it; the object may have been made anew since. */
const mendParts = async (folders: Folders, target: string, files: ReadonlyArray<{ readonly hash: string }>): Promise<void> => {
  for (const [i, { hash }] of files.entries()) {
    const [part, object] = [join(target, partName(i)), folders.objectOf(hash)]
    const [one, other] = await Promise.all([stat(part).catch(() => undefined), stat(object).catch(() => undefined)])
    if (other === undefined || one?.ino === other.ino || (one !== undefined && (await hashOf(part)) === hash)) continue
    await replace(folders, part, (aside) => linkOrCopy(object, aside))
  }
}
/** True when the file is there; it counts as just written then, so that no collection removes the folder now. */
const vouchedFor = async (manifest: string): Promise<boolean> => {
  const now = new Date()
  return await utimes(manifest, now, now).then(
    () => true,
    () => exists(manifest)
  )
}
/** Another process may publish the same version at the same time: the first one stands, as both are equal. */
const moveInto = async (aside: string, target: string): Promise<void> => {
  try {
    await rename(aside, target)
  } catch (cause) {
    if (await exists(join(target, manifestName))) return
    throw cause
  }
}

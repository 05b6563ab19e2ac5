/** `tetra plugins new NAME`: a package that builds and passes its own test, or one file that the project's configuration names. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import process from "node:process"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import { badge, lookOf } from "../../output/plain/look.ts"
import { ownVersion } from "../../ownVersion.ts"
import { localFile } from "../../plugins/template/localFile.ts"
import { namesOf, type PluginNames } from "../../plugins/template/names.ts"
import { packageFiles } from "../../plugins/template/packageFiles.ts"
import { withPlugin } from "../../plugins/withPlugin.ts"
import type { Call } from "../../program.ts"
import { flag, loadHere, locationOf, text } from "../../project/open.ts"
import { print } from "../../project/store.ts"

const from = (folder: string): string => {
  const there = relative(process.cwd(), folder)
  return there.startsWith("..") ? folder : there
}
const newPackage = (names: PluginNames, folder: string): ReadonlyArray<string> => {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new Refusal(`${folder} is not empty`, { hint: "choose another folder with --dir" })
  const files = packageFiles(names, ownVersion(), new Date().getFullYear())
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), content)
  }
  return [
    badge(lookOf(process.stdout, process.env), "completed", `made the package ${names.name} in ${folder}`),
    ...Object.keys(files).map((file) => `  ${file}`),
    "",
    "Next:",
    ...(from(folder) === "" ? [] : [`  cd ${from(folder)}`]),
    "  npm install",
    "  npm test",
    "  npx tetra run"
  ]
}

const newLocal = async (call: Call, names: PluginNames): Promise<ReadonlyArray<string>> => {
  const { configFile, root } = locationOf(call)
  if (configFile === undefined)
    throw new Refusal(`there is no Tetra project in ${process.cwd()} or above it`, { hint: "make one with `tetra init`" })
  const path = `./plugins/${names.slug}.ts`
  const file = join(root, path)
  if (existsSync(file)) throw new Refusal(`there is a file ${file} already`, { hint: "choose another name" })
  const source = withPlugin(readFileSync(configFile, "utf8"), path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, localFile(names))
  try {
    await loadHere(call, configFile, source)
  } catch (error) {
    rmSync(file)
    throw error
  }
  writeFileSync(configFile, source)
  return [
    badge(lookOf(process.stdout, process.env), "completed", `made ${path}, and named it in ${from(configFile)}`),
    "",
    "Next:",
    `  tetra run --pipeline ${names.snake} --name Bob`,
    `  tetra assets show ${names.snake}_greeting`
  ]
}
export const handle = async (call: Call): Promise<ExitCode> => {
  const names = namesOf(call.args[0] ?? "")
  const folder = resolve(text(call, "dir") ?? names.name.replace(/^@[^/]+\//u, ""))
  const lines = flag(call, "local") ? await newLocal(call, names) : newPackage(names, folder)
  if (!flag(call, "quiet")) print(lines)
  return exitCodes.completed
}

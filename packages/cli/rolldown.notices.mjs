/** The licences of what is in the bundle, beside it: most of them ask for that. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"

const folderOf = (file) => {
  const folder = dirname(file)
  const manifest = join(folder, "package.json")
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).name !== undefined) return folder
  return folder === dirname(folder) ? undefined : folderOf(folder)
}
const noticeOf = (folder) => {
  const { license, name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  const texts = readdirSync(folder)
    .filter((file) => /^(?:licen[cs]e|notice|copying)/iu.test(file))
    .map((file) => readFileSync(join(folder, file), "utf8").trim())
  return { name: `${name} ${version} (${license})`, text: texts.join("\n\n") }
}
export const notices = () => ({
  name: "third-party-notices",
  generateBundle(_options, bundle) {
    const files = Object.values(bundle).flatMap((chunk) => (chunk.type === "chunk" ? chunk.moduleIds : []))
    const foreign = files.filter((file) => file.includes("/node_modules/") && !file.startsWith("\0"))
    const folders = new Set(foreign.map(folderOf).filter((folder) => folder !== undefined))
    const all = [...folders].map(noticeOf).toSorted((a, b) => (a.name < b.name ? -1 : 1))
    const source = [
      "# What the command line holds of others",
      ...all.map(({ name, text }) => `## ${name}\n\n${text === "" ? "Its package has no file with a licence." : text}`)
    ].join("\n\n")
    this.emitFile({ type: "asset", fileName: "THIRD-PARTY-NOTICES.md", source: `${source}\n` })
  }
})

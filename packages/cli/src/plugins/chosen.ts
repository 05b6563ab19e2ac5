/** The plugins that a command is about. */
import type { Plugin } from "@tetra/core"
import { nearest, type Project } from "@tetra/core/engine"
import { Refusal } from "../failure.ts"
import type { Call } from "../program.ts"

/** What the configuration calls a plugin: a package name, or the path of a local module. */
export const calledOf = ({ catalogue }: Project, plugin: string): string =>
  [...catalogue.names].find(([, name]) => name === plugin)?.[0] ?? plugin

const ending = (name: string): string => name.replace(/^@[^/]+\//u, "").replace(/^(?:tetra-|tetra-plugin-|plugin-)/u, "")
/** By its own name, by what the configuration calls it, or by the end of its name: `data` for `@tetra/plugin-data`. */
const pluginNamed = (project: Project, asked: string): Plugin => {
  const { names, plugins } = project.catalogue
  const called = names.get(asked) ?? asked
  const found = plugins.find(({ name }) => name === called) ?? plugins.find(({ name }) => ending(name) === asked)
  if (found !== undefined) return found
  const all = plugins.map(({ name }) => name)
  const close = nearest(asked, [...all, ...names.keys()])
  throw new Refusal(`this project names no plugin "${asked}"`, {
    hint: close === undefined ? `its plugins: ${all.join(", ")}` : `did you mean "${close}"?`
  })
}
/** The one that is named, else those of the project that do not ship with Tetra, else all. */
export const chosenPlugins = (project: Project, call: Call): ReadonlyArray<Plugin> => {
  const [asked] = call.args
  if (asked !== undefined) return [pluginNamed(project, asked)]
  const { plugins } = project.catalogue
  const others = plugins.filter(({ name }) => !name.startsWith("@tetra/plugin-"))
  const chosen = others.length > 0 ? others : plugins
  if (chosen.length === 0)
    throw new Refusal("this project names no plugin", {
      hint: "make one with `tetra plugins new NAME`, or add one under `plugins`"
    })
  return chosen
}

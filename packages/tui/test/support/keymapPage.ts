/** The page of all keys for the docs, made from the table that the dashboard itself reads. */
import { type Binding, keymap } from "../../src/model/keymap.ts"
import { views, viewTitles } from "../../src/model/Ui.ts"

const names: Readonly<Record<string, string>> = {
  tab: "Tab",
  "S-tab": "Shift-Tab",
  enter: "Enter",
  esc: "Esc",
  space: "Space",
  up: "↑",
  down: "↓",
  left: "←",
  right: "→",
  pageup: "PgUp",
  pagedown: "PgDn",
  home: "Home",
  end: "End",
  f1: "F1"
}
const keyOf = (key: string): string => {
  const [, letter] = /^C-(.)$/u.exec(key) ?? []
  const shown = letter === undefined ? (names[key] ?? key) : `Ctrl-${letter.toUpperCase()}`
  return shown.includes("`") ? `\`\` ${shown} \`\`` : `\`${shown.replaceAll("|", String.raw`\|`)}\``
}
const rowOf = ({ help, keys }: Binding): string => `| ${keys.map(keyOf).join(" ")} | ${help.replaceAll("|", String.raw`\|`)} |`
const tableOf = (title: string, bindings: ReadonlyArray<Binding>): ReadonlyArray<string> =>
  bindings.length === 0 ? [] : [`## ${title}`, "", "| keys | what they do |", "| --- | --- |", ...bindings.map(rowOf), ""]

const isEverywhere = ({ in: places }: Binding): boolean => places.includes("all") || views.every((view) => places.includes(view))

/** Markdown: the keys that hold everywhere, then those of each view, then those of a recorded run. */
export const keymapPage = (): string =>
  [
    "# The keys of the dashboard",
    "",
    "Made from the keymap of the dashboard, which its footer and its help (`?`) are made from, too. Do not edit it by hand:",
    "`npm run x -- pnpm exec vitest run --project tui packages/tui/test/model/keymapPage.test.ts -u` writes it anew.",
    "",
    ...tableOf("Everywhere", keymap.filter(isEverywhere)),
    ...views.flatMap((view) =>
      tableOf(
        viewTitles[view],
        keymap.filter((binding) => !isEverywhere(binding) && binding.in.includes(view))
      )
    ),
    ...tableOf(
      "While a recorded run is shown",
      keymap.filter((binding) => !isEverywhere(binding) && binding.in.includes("replay"))
    )
  ].join("\n")

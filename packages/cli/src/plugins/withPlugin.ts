import { parseDocument, isSeq } from "yaml"

/** The text of a configuration with one more plugin; comments and everything else stay. */
export const withPlugin = (source: string, specifier: string): string => {
  const document = parseDocument(source)
  const plugins = document.get("plugins")
  if (isSeq(plugins)) plugins.add(specifier)
  else document.set("plugins", document.createNode([specifier]))
  return document.toString({ lineWidth: 0 })
}

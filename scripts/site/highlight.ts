/** Code with its comments, strings and words marked: enough to read it by, without a library. */

export const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")

const words =
  "abstract|as|async|await|break|case|class|const|continue|declare|default|do|else|export|extends|false|for|from|function|if|implements|import|in|interface|let|new|null|of|readonly|return|static|switch|this|throw|true|try|type|typeof|undefined|while|yield"
const ts = new RegExp(
  String.raw`(\/\/[^\n]*|\/\*[\s\S]*?\*\/)|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\x60(?:[^\x60\\]|\\.)*\x60)|\b(${words})\b`,
  "gu"
)
const yaml = /(#[^\n]*)|("(?:[^"\\\n]|\\.)*"|'[^'\n]*')|((?<=^|\n|[{,]|- )[ ]*[\w.$-]+(?=:(?:\s|$)))/gu
const shell =
  /((?:^|(?<=\s))#[^\n]*)|("(?:[^"\\\n]|\\.)*"|'[^'\n]*')|((?<=^|\n)(?:tetra|npm|npx|node|pnpm|curl|git|cd|crontab|systemctl)\b)/gu
const languages: Readonly<Record<string, RegExp>> = { ts, tsx: ts, js: ts, json: ts, yaml, yml: yaml, sh: shell, bash: shell }
const kinds = ["comment", "string", "word"] as const

export const highlight = (code: string, language: string): string => {
  const pattern = languages[language]
  if (pattern === undefined) return escape(code)
  let html = ""
  let at = 0
  for (const match of code.matchAll(pattern)) {
    const kind = kinds[[match[1], match[2], match[3]].findIndex((part) => part !== undefined)]
    html += `${escape(code.slice(at, match.index))}<span class="${kind}">${escape(match[0])}</span>`
    at = match.index + match[0].length
  }
  return html + escape(code.slice(at))
}

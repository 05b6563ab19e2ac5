// What a page of the documentation does: search, light, navigation on a phone. Works without a server.
const root = document.documentElement.dataset.root ?? ""
const by = (id) => document.getElementById(id)
const [input, found, menu, navigation] = ["search", "found", "menu", "navigation"].map(by)

by("theme").addEventListener("click", () => {
  const isDark = document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches
  document.documentElement.dataset.theme = isDark ? "light" : "dark"
  try {
    localStorage.setItem("tetra-theme", document.documentElement.dataset.theme)
  } catch {} // a browser that keeps nothing for files
})
menu.addEventListener("click", () => menu.setAttribute("aria-expanded", String(navigation.classList.toggle("open"))))

// ---- search: the words of all pages are a script of their own, fetched when the box is first used
let entries
const load = () =>
  (entries ??= new Promise((resolve) => {
    const script = document.createElement("script")
    script.src = `${root}search.js`
    script.addEventListener("load", () =>
      resolve(window.tetraSearch.map((entry) => [...entry, entry.map((part) => part.toLowerCase())]))
    )
    document.head.append(script)
  }))
/** Every word must be there; one in a heading counts for more, and more still where it begins one. */
const score = (words, [title, heading, , text]) => {
  let sum = 0
  for (const word of words) {
    const inHeading = (heading || title).indexOf(word)
    if (inHeading === 0) sum += 12
    else if (inHeading > 0) sum += 8
    else if (title.includes(word)) sum += 4
    else if (text.includes(word)) sum += 1
    else return 0
  }
  return (heading || title) === words.join(" ") ? sum + 20 : sum
}
const excerpt = (text, low, words) => {
  const at = Math.max(0, Math.min(...words.map((word) => low.indexOf(word)).filter((place) => place >= 0), low.length) - 40)
  return `${at > 0 ? "… " : ""}${text.slice(at, at + 130)}`
}
const most = 12
let chosen = -1
const choose = (next) => {
  const all = [...found.children]
  chosen = Math.max(-1, Math.min(next, all.length - 1))
  all.forEach((one, i) => one.classList.toggle("chosen", i === chosen))
  all[chosen]?.scrollIntoView({ block: "nearest" })
}
const show = async () => {
  const words = input.value.toLowerCase().split(/\s+/u).filter(Boolean)
  const all = words.length === 0 ? [] : await load()
  const hits = all
    .map((entry) => [score(words, entry[4]), entry])
    .filter(([points]) => points > 0)
    .sort((a, b) => b[0] - a[0])
    .slice(0, most)
  found.replaceChildren(
    ...hits.map(([, [title, heading, address, text, low]]) => {
      const item = document.createElement("li")
      const link = document.createElement("a")
      link.href = root + address
      const name = document.createElement("b")
      name.textContent = heading || title
      const where = document.createElement("small")
      where.textContent = heading ? ` ${title}` : ""
      const words_ = document.createElement("span")
      words_.textContent = excerpt(text, low[3], words)
      link.append(name, where, words_)
      item.append(link)
      return item
    })
  )
  if (words.length > 0 && hits.length === 0) {
    const item = document.createElement("li")
    item.textContent = "Nothing found"
    found.append(item)
  }
  found.hidden = words.length === 0
  input.setAttribute("aria-expanded", String(!found.hidden))
  choose(-1)
}
input.addEventListener("focus", load)
input.addEventListener("input", show)
input.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") choose(chosen + 1)
  else if (event.key === "ArrowUp") choose(chosen - 1)
  else if (event.key === "Enter") found.children[Math.max(0, chosen)]?.querySelector("a")?.click()
  else if (event.key === "Escape") {
    input.value = ""
    void show()
    input.blur()
  } else return
  event.preventDefault()
})
document.addEventListener("click", (event) => {
  if (!event.target.closest(".search")) found.hidden = true
  if (navigation.classList.contains("open") && !event.target.closest("#navigation, #menu")) menu.click()
})
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !/^(?:INPUT|TEXTAREA)$/u.test(document.activeElement.tagName)) {
    event.preventDefault()
    input.focus()
  }
})

// ---- code can be copied; where one is, in the contents
for (const block of document.querySelectorAll(".code")) {
  const button = document.createElement("button")
  button.textContent = "copy"
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(block.querySelector("code").textContent)
      button.textContent = "copied"
    } catch {
      button.textContent = "select it"
    }
    setTimeout(() => (button.textContent = "copy"), 1500)
  })
  block.append(button)
}
document.querySelector('#navigation [aria-current="page"]')?.scrollIntoView({ block: "center" })

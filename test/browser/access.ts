/** What a page must keep so that everybody can use it: asked inside the page, by a script that leaves its answer on the body. */

export interface Access {
  /** What can be pressed or chosen, and cannot be reached by keyboard, has no name, or shows no outline when it is reached. */
  readonly unreachable: ReadonlyArray<string>
  /** Text that is too faint (WCAG 2.2, 1.4.3: 4.5 to 1, large text 3 to 1), by theme. */
  readonly faint: ReadonlyArray<string>
  /** Charts that are not drawn for print, or drawn in the colours of the dark theme. */
  readonly unprinted: ReadonlyArray<string>
  readonly checked: { readonly controls: number; readonly texts: number; readonly charts: number }
}
export const access = String.raw`
  const told = (e) => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + " " + (e.textContent || "").trim().slice(0, 30)
  const shown = (e) => e.checkVisibility({ checkVisibilityCSS: true })
  for (const one of document.querySelectorAll("details")) one.open = true
  const unreachable = []
  const controls = [...document.querySelectorAll("button, select, input, summary, a[href], [tabindex], [onclick]")].filter(shown)
  for (const e of controls) {
    const name = (e.getAttribute("aria-label") || e.textContent || "").trim() || [...(e.labels || [])].map((l) => l.textContent).join("")
    e.focus({ focusVisible: true })
    const style = getComputedStyle(e)
    const why = e.tabIndex < 0 ? "not in the order of Tab" : name === "" ? "no name" : document.activeElement !== e ? "takes no focus"
      : style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 1 ? "no outline" : ""
    if (why !== "") unreachable.push(told(e) + ": " + why)
  }
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true })
  const rgba = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data] }
  const over = (top, ground) => ground.map((g, i) => top[i] * (top[3] / 255) + g * (1 - top[3] / 255))
  const light = (c) => { const f = (v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4 }; return 0.2126 * f(c[0]) + 0.7152 * f(c[1]) + 0.0722 * f(c[2]) }
  const ground = (e) => {
    const stack = []
    for (let at = e; at; at = at.parentElement) stack.push(rgba(getComputedStyle(at).backgroundColor))
    return stack.reverse().reduce((under, top) => over(top, under), [255, 255, 255])
  }
  const faint = new Set()
  let texts = 0
  const contrast = (theme) => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const seen = new Set()
    while (walker.nextNode()) {
      const e = walker.currentNode.parentElement
      if (walker.currentNode.data.trim() === "" || seen.has(e) || e.closest("svg, script, style, .hidden") || !shown(e)) continue
      seen.add(e)
      texts++
      const style = getComputedStyle(e)
      const back = ground(e)
      const [a, b] = [light(over(rgba(style.color), back)), light(back)]
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
      const size = parseFloat(style.fontSize)
      if (ratio < (size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5)) faint.add(theme + ": " + told(e) + " " + ratio.toFixed(2))
    }
  }
  contrast(document.documentElement.dataset.theme)
  document.getElementById("theme").click()
  contrast(document.documentElement.dataset.theme)
  if (document.documentElement.dataset.theme === "light") document.getElementById("theme").click()
  dispatchEvent(new Event("beforeprint"))
  setTimeout(() => {
    const charts = [...document.querySelectorAll(".chart[role=img]")].filter(shown)
    const unprinted = charts.flatMap((e) => (e.querySelector("svg") === null ? [told(e) + " " + e.getAttribute("aria-label")] : []))
    if (document.documentElement.dataset.theme !== "light") unprinted.push("the dark theme")
    document.body.dataset.access = JSON.stringify({ unreachable, faint: [...faint], unprinted, checked: { controls: controls.length, texts, charts: charts.length } })
  }, 500)
`
/** The answer out of the page. */
export const accessOf = (dom: string): Access =>
  JSON.parse(/data-access="([^"]*)"/u.exec(dom)?.[1]?.replaceAll("&quot;", '"').replaceAll("&amp;", "&") ?? "{}") as Access

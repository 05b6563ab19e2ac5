import type { Preferences } from "../model/preferences.ts"
import type { Setting } from "../model/Ui.ts"
import { aLook, isTheme, type Look, type LookOptions } from "../paint/theme.ts"

/** How the dashboard looks now, and which of that the person chose by hand and wants again next time. */
export class Chosen {
  private options: LookOptions
  private chosen: Pick<Preferences, "theme" | "mouse" | "still">

  constructor(look: LookOptions, preferences: Preferences | undefined) {
    this.options = look
    const { mouse, still, theme } = preferences ?? {}
    this.chosen = {
      ...(theme === undefined ? {} : { theme }),
      ...(mouse === undefined ? {} : { mouse }),
      ...(still === undefined ? {} : { still })
    }
  }
  get look(): Look {
    return aLook(this.options)
  }
  get remembered(): Pick<Preferences, "theme" | "mouse" | "still"> {
    return this.chosen
  }
  /** False when there is no such theme. The colour is never remembered: it belongs to the terminal. */
  set(setting: Setting, value: string): boolean {
    const on = value === "on"
    switch (setting) {
      case "theme":
        if (!isTheme(value)) return false
        this.options = { ...this.options, theme: value }
        this.chosen = { ...this.chosen, theme: value }
        return true
      case "mouse":
        this.chosen = { ...this.chosen, mouse: on }
        return true
      case "motion":
        this.options = { ...this.options, still: !on }
        this.chosen = { ...this.chosen, still: !on }
        return true
      case "color":
        this.options = { ...this.options, color: on }
        return true
      default:
        this.options = { ...this.options, unicode: !on }
        return true
    }
  }
}

import type { KeyEvent } from "../../src/model/keys.ts"
import { type Abilities, SceneMaker } from "../../src/model/Scene.ts"
import { type Command, initialUi, type Ui } from "../../src/model/Ui.ts"
import { update } from "../../src/model/update.ts"
import type { World } from "../../src/model/World.ts"
import { paintScreen } from "../../src/paint/screen.ts"
import { surroundingsOf } from "../../src/paint/surroundings.ts"
import { aLook } from "../../src/paint/theme.ts"
import { start } from "../../../core/src/testing/recorder.ts"
import { everything } from "./aScene.ts"

/** Somebody at a keyboard without the terminal: presses keys, sees the screen as text. */
export const aPerson = (world: World, abilities: Abilities = everything, size = { width: 120, height: 36 }) => {
  const look = aLook({ color: false, unicode: true, styled: false })
  const maker = new SceneMaker()
  const commands: Array<Command> = []
  let ui: Ui = initialUi
  let clock = 1000
  const scene = () => maker.make(world, ui, start + 7000, abilities, clock)
  const event = (one: KeyEvent): void => {
    const next = update(ui, one, surroundingsOf(scene(), size, look))
    ui = next.ui
    commands.push(...next.commands)
  }
  return {
    commands,
    ui: () => ui,
    screen: () => paintScreen(scene(), size, look),
    footer: () => paintScreen(scene(), size, look).at(-1) ?? "",
    event,
    /** Names of keys, between spaces. */
    press: (keys: string) => keys.split(" ").forEach((key) => event({ _tag: "Key", key })),
    type: (text: string) => Array.from(text, (sign) => event({ _tag: "Key", key: sign === " " ? "space" : sign })),
    pass: (ms: number) => {
      clock += ms
    }
  }
}

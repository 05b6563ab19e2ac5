/** The door for whoever opens the screen early: the shell of the dashboard without what is shown in it. */
export { Shell, type ShellOptions } from "./ink/Shell.tsx"
export { Sentences } from "./ink/Sentences.tsx"

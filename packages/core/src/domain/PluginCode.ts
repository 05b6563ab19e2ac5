/** What a local plugin module is made of: its content decides, whatever version it says it is. */
export interface PluginCode {
  /** 12 hex digits over all files. */
  readonly hash: string
  /** By file, as the configuration would name it (`./plugins/x.ts`): 16 hex digits of its content. */
  readonly files: Readonly<Record<string, string>>
}

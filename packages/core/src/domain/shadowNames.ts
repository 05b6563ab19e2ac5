/** What the shadow of a pipeline is called, and what it calls an asset: `metrics_pipeline@green`. */
export const shadowName = (name: string, version: string): string => `${name}@${version}`
/** The name without the version. */
export const ownName = (name: string): string => name.split("@")[0] ?? name
/** Whether a pipeline or an asset is of a shadow. */
export const isShadow = (name: string): boolean => name.includes("@")

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Lays `overlay` over `base`: records merge key by key, everything else (lists too) replaces. */
export const mergeOverlay = (base: unknown, overlay: unknown): unknown => {
  if (!isRecord(base) || !isRecord(overlay)) return overlay
  const merged: Record<string, unknown> = { ...base }
  for (const [key, value] of Object.entries(overlay)) merged[key] = key in base ? mergeOverlay(base[key], value) : value
  return merged
}

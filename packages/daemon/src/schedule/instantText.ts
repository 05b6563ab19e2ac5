/** `2027-03-14T07:30Z`, with seconds when there are some. */
export const instantText = (at: number): string => new Date(at).toISOString().replace(/(?::00)?\.000Z$/u, "Z")

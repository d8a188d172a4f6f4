/** So many a second for long, and so many at once after a rest. */
export type RateLimit = { readonly perSecond: number; readonly burst: number }

/** `tokens` below 0 is a debt: more was spent than there was. `at`: epoch ms. */
export type Bucket = { readonly tokens: number; readonly at: number }

/**
 * Takes one token, or answers in how many milliseconds there is one again; 0: it was taken. A bucket that is not known yet
 * is full. Pure; a clock that goes back gives nothing.
 */
export function takeToken(
  bucket: Bucket | undefined,
  { perSecond, burst }: RateLimit,
  now: number,
): { readonly bucket: Bucket; readonly waitMs: number } {
  const { tokens, at } = bucket ?? { tokens: burst, at: now }
  const filled = Math.min(burst, tokens + (Math.max(0, now - at) * perSecond) / 1000)
  if (filled >= 1) return { bucket: { tokens: filled - 1, at: Math.max(at, now) }, waitMs: 0 }
  // Less than a microsecond is the rounding of fractions, not a wait.
  const waitMs = Math.max(1, Math.ceil(((1 - filled) * 1000) / perSecond - 0.001))
  return { bucket: { tokens: filled, at: Math.max(at, now) }, waitMs }
}

/** What turned out to cost more than one token is charged afterwards, as a debt. */
export function owe(bucket: Bucket, tokens: number): Bucket {
  return { ...bucket, tokens: bucket.tokens - tokens }
}

const removed = 'REMOVED'

/** Names of settings whose values are secrets wherever they were written down. */
const secretName = /key|passw|secret|token|pwd|credential/i

export function isSecretName(name: string): boolean {
  return secretName.test(name)
}

/** Replaces secrets in a text, and in every string and key of a JSON value. */
export type Mask = {
  readonly text: (text: string) => string
  readonly json: (value: unknown) => unknown
  /** Length of the longest secret: what is cut off within a text must be cut wider by this. */
  readonly longest: number
}

// A secret of one or two characters would blank out half of every report, and is none: only a string that is equal to
// it is replaced.
const shortest = 4

/**
 * Neurons echo their input, and cortexutils masks first-level keys named key, password or secret only (reference 3.1),
 * so the list of secrets is ours. Each is looked for as it is, as JSON writes it and as a URL writes it; of a secret of
 * many lines, such as a private key, each line. What a neuron encodes in another way is not found.
 */
export function maskOf(secrets: readonly string[]): Mask {
  const whole = new Set(secrets.filter(secret => secret !== ''))
  const parts = new Set<string>()
  for (const secret of whole) {
    for (const line of secret.split(/\r?\n/).map(part => part.trim())) {
      for (const form of [line, JSON.stringify(line).slice(1, -1), encodeURIComponent(line.toWellFormed())]) {
        if (form.length >= shortest) parts.add(form)
      }
    }
  }
  const ordered = [...parts].sort((left, right) => right.length - left.length)
  const text = (given: string): string => {
    if (whole.has(given)) return removed
    let masked = given
    for (const part of ordered) if (masked.includes(part)) masked = masked.replaceAll(part, removed)
    return masked
  }
  const json = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value)
    if (Array.isArray(value)) return value.map(json)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [maskKey(key), json(item)]))
  }
  // A key that equals a short secret is left alone: reports would lose fields called "id" or "url" to it.
  const maskKey = (key: string) => (key.length < shortest ? key : text(key))
  return { text, json, longest: ordered[0]?.length ?? 0 }
}

/** What a case, an observable or a report comes to. Order is weight: a `benign` never outweighs a `malicious`. */

export const verdicts = ['unknown', 'benign', 'suspicious', 'malicious'] as const
export type Verdict = (typeof verdicts)[number]

type Level = 'info' | 'safe' | 'suspicious' | 'malicious'
const byLevel: Readonly<Record<Level, Verdict>> = {
  info: 'unknown',
  safe: 'benign',
  suspicious: 'suspicious',
  malicious: 'malicious',
}

/** What a taxonomy adds to the score of a case. */
export const scoreByLevel: Readonly<Record<Level, number>> = { info: 0, safe: 0, suspicious: 1, malicious: 2 }

type Taxonomy = { readonly level: string }

/**
 * The highest of the taxonomies; none means unknown, not benign. `instead` replaces levels that cannot be taken at face
 * value: a neuron of known-good lists that says `suspicious` for a hit (contract section 7).
 */
export function verdictOf(taxonomies: readonly Taxonomy[], instead: Readonly<Record<string, string>> = {}): Verdict {
  return highestVerdict('unknown', ...taxonomies.map(each => byLevel[levelOf(each, instead)]))
}

export function scoreOf(taxonomies: readonly Taxonomy[], instead: Readonly<Record<string, string>> = {}): number {
  return taxonomies.reduce((sum, each) => sum + scoreByLevel[levelOf(each, instead)], 0)
}

export function highestVerdict(...all: readonly Verdict[]): Verdict {
  return verdicts[Math.max(0, ...all.map(each => verdicts.indexOf(each)))] ?? 'unknown'
}

/** Some neurons make levels up (`warning`, `Good`): an unknown one is info. */
function levelOf({ level }: Taxonomy, instead: Readonly<Record<string, string>>): Level {
  const meant = (Object.hasOwn(instead, level) ? instead[level] : undefined) ?? level
  return Object.hasOwn(byLevel, meant) ? (meant as Level) : 'info'
}

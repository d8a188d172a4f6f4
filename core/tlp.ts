/** Traffic Light Protocol 2.0 and Permissible Actions Protocol, symbolic everywhere; numbers only at the edges. */

export const tlps = ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'] as const
export type Tlp = (typeof tlps)[number]

export const paps = ['CLEAR', 'GREEN', 'AMBER', 'RED'] as const
export type Pap = (typeof paps)[number]

export const defaultTlp: Tlp = 'AMBER'

/** TheHive before 5.2, MISP-era tools and Cortex count 0-3; TheHive from 5.2 on counts 0-4, where 3 is AMBER+STRICT. */
export type TlpNumbering = 'thehive4' | 'thehive5'

const byNumber: Readonly<Record<TlpNumbering, readonly Tlp[]>> = {
  // 4 does not exist there: whoever sends it means the highest.
  thehive4: ['CLEAR', 'GREEN', 'AMBER', 'RED', 'RED'],
  thehive5: ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'],
}

/** A number, numeric text, a name (WHITE is CLEAR) or a `tlp:` tag. Undefined for anything else: the caller decides. */
export function parseTlp(value: unknown, numbering: TlpNumbering = 'thehive4'): Tlp | undefined {
  const text = textOf(value, 'tlp')
  if (text === undefined) return undefined
  if (/^\d$/.test(text)) return byNumber[numbering][Number(text)]
  return text === 'WHITE' ? 'CLEAR' : tlps.find(each => each === text)
}

export function parsePap(value: unknown): Pap | undefined {
  const text = textOf(value, 'pap')
  if (text === undefined) return undefined
  if (/^\d$/.test(text)) return paps[Number(text)]
  return text === 'WHITE' ? 'CLEAR' : paps.find(each => each === text)
}

/** The highest TLP among tags such as `tlp:amber+strict`; other tags are passed over. */
export function tlpFromTags(tags: readonly string[]): Tlp | undefined {
  const found = tags.filter(tag => /^\s*tlp:/i.test(tag)).flatMap(tag => parseTlp(tag) ?? [])
  return found.length === 0 ? undefined : highestTlp(...found)
}

export function papFromTags(tags: readonly string[]): Pap | undefined {
  const found = tags.filter(tag => /^\s*pap:/i.test(tag)).flatMap(tag => parsePap(tag) ?? [])
  return found.length === 0 ? undefined : highestPap(...found)
}

export function tlpAtMost(tlp: Tlp, max: Tlp): boolean {
  return rank(tlps, tlp) <= tlps.indexOf(max)
}

export function papAtMost(pap: Pap, max: Pap): boolean {
  return rank(paps, pap) <= paps.indexOf(max)
}

export function highestTlp(...all: readonly Tlp[]): Tlp {
  return tlps[Math.max(0, ...all.map(each => rank(tlps, each)))] ?? 'RED'
}

export function highestPap(...all: readonly Pap[]): Pap {
  return paps[Math.max(0, ...all.map(each => rank(paps, each)))] ?? 'RED'
}

/** Cortex knows 0-3 only; AMBER+STRICT goes as 3, which is the careful side. */
export function toCortexTlp(tlp: Tlp): 0 | 1 | 2 | 3 {
  return Math.min(3, rank(tlps, tlp)) as 0 | 1 | 2 | 3
}

export function toCortexPap(pap: Pap): 0 | 1 | 2 | 3 {
  return rank(paps, pap) as 0 | 1 | 2 | 3
}

/** Records come from topics: a value that this version does not know counts as the highest. */
function rank(order: readonly string[], value: string): number {
  const at = order.indexOf(value)
  return at === -1 ? order.length - 1 : at
}

function textOf(value: unknown, prefix: string): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const text = String(value).trim().toUpperCase().replace(/"/g, '')
  const tag = `${prefix.toUpperCase()}:`
  const name = text.startsWith(tag) ? text.slice(tag.length).trim() : text
  return name.replace(/^AMBER[ _-]STRICT$/, 'AMBER+STRICT')
}

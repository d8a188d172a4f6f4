import {
  highestPap,
  highestTlp,
  type Pap,
  papFromTags,
  parsePap,
  parseTlp,
  type Tlp,
  tlpFromTags,
} from '../../core/tlp.ts'
import type { Marking, SourceSettings } from './source-settings.ts'

/**
 * The TLP that holds: the highest of what the alert says, what its tags say, and the source's floor; the source's default
 * where nothing is said. `undefined` where what is said has no meaning.
 */
export function tlpOf(said: unknown, tags: readonly string[], settings: SourceSettings): Tlp | undefined {
  const tagged = tlpFromTags(tags)
  if (isAbsent(said)) return highestTlp(tagged ?? settings.tlp.default, settings.tlp.least)
  const own = configured(said, settings.tlp) ?? parseTlp(said, settings.tlp.numbering)
  return own === undefined ? undefined : highestTlp(own, tagged ?? own, settings.tlp.least)
}

/** As `tlpOf`, for the permissible actions. */
export function papOf(said: unknown, tags: readonly string[], settings: SourceSettings): Pap | undefined {
  const tagged = papFromTags(tags)
  if (isAbsent(said)) return highestPap(tagged ?? settings.pap.default, settings.pap.least)
  const own = configured(said, settings.pap) ?? parsePap(said)
  return own === undefined ? undefined : highestPap(own, tagged ?? own, settings.pap.least)
}

function configured<Level>(said: unknown, { map }: Marking<Level>): Level | undefined {
  const key = typeof said === 'number' || typeof said === 'string' ? String(said) : ''
  return Object.hasOwn(map, key) ? map[key] : undefined
}

function isAbsent(said: unknown): boolean {
  return said === undefined || said === null || said === ''
}

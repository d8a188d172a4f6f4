import { fingerprintOf } from '../../core/fingerprint.ts'
import { clampEventTime, parseInstant } from '../../core/time.ts'
import type { Pap, Tlp } from '../../core/tlp.ts'
import type { Alert } from '../../schemas/generated/types.ts'
import { alertObservables } from './alert-observables.ts'
import { tlpWithLeftOut } from './left-out-tlp.ts'
import { papOf, tlpOf } from './marking.ts'
import { readingsOf } from './readings.ts'
import type { IngestRules } from './rules.ts'
import { dedupeMsOf, type SourceSettings } from './source-settings.ts'
import type { Kind } from './sources/kind.ts'
import { type MappedAlert, unreadTag } from './sources/mapped.ts'
import { shortened, shortenedToBytes } from './text-limit.ts'

export type Placed = {
  readonly domain: string
  /** 0-based, and how many. */
  readonly part: number
  readonly parts: number
  /** Epoch ms, when the raw record was appended. */
  readonly at: number
  readonly settings: SourceSettings
  /** What the alert turned out to be, which may say more than the settings. */
  readonly kind: Kind
}

export type Normalised =
  | { readonly alert: Alert; readonly tlp: Tlp; readonly pap: Pap; readonly eventTime: number }
  | { readonly problem: string; readonly alert?: undefined }

/** A mapped alert in normal form and within its limits, or which marking of it has no meaning. */
export function toAlert(mapped: MappedAlert, placed: Placed, rules: IngestRules): Normalised {
  const { settings, at } = placed
  const [saidTlp, saidPap] = [tlpOf(mapped.tlp, mapped.tags, settings), papOf(mapped.pap, mapped.tags, settings)]
  const [tlp, pap] = [saidTlp ?? mapped.orElse?.tlp, saidPap ?? mapped.orElse?.pap]
  if (tlp === undefined)
    return { problem: 'tlp: has no meaning; known are CLEAR, GREEN, AMBER, AMBER+STRICT, RED, 0 to 4' }
  if (pap === undefined) return { problem: 'pap: has no meaning; known are CLEAR, GREEN, AMBER, RED, 0 to 3' }
  const unread = [
    ...(saidTlp === undefined ? ['tlp'] : []),
    ...(saidPap === undefined ? ['pap'] : []),
    ...(mapped.observables.some(each => each.isListed === true && readingsOf(each).isUnread) ? ['observable'] : []),
  ]
  const observables = alertObservables(mapped.observables, tlp, settings, rules)
  return {
    tlp: tlpWithLeftOut(mapped.observables, observables, tlp, settings),
    pap,
    eventTime: clampEventTime(parseInstant(mapped.eventTime) ?? at, at),
    alert: {
      part: placed.part,
      parts: placed.parts,
      fingerprint: fingerprintOf({ ...mapped, domain: placed.domain }),
      source: shortened(mapped.source, 128),
      type: shortened(mapped.type, 128),
      sourceRef: shortened(mapped.sourceRef, 512),
      title: shortened(mapped.title, 512),
      description: shortenedToBytes(mapped.description, 64 * 1024),
      severity: mapped.severity,
      tags: tagsOf([...mapped.tags, ...unread.map(unreadTag)]),
      externalLink: mapped.externalLink === null ? null : shortened(mapped.externalLink, 2048),
      rule: mapped.rule === null ? null : shortened(mapped.rule, 512),
      dedupeMs: dedupeOf(placed),
      techniques: techniquesOf(mapped),
      ruleIds: listed(mapped.ruleIds, 16, 256),
      references: listed(mapped.references, 16, 2048),
      origin: null,
      observables,
    },
  }
}

/** Sorted, since ElastAlert2 sends them in any order. TheHive 5 allows 128 characters each. */
function tagsOf(tags: readonly string[]): string[] {
  const kept = tags.map(tag => shortened(tag.trim(), 128)).filter(tag => tag !== '')
  return [...new Set(kept)].sort().slice(0, 100)
}

/** What a technique of ATT&CK is called in tags: Sigma's `attack.t1059.001`, `mitre:T1059`, MISP's galaxy, or bare. */
const inTag = /^(?:(?:attack|mitre|mitre[-_]attack|technique|ttp)[.:=] ?)?(t\d{4}(?:[./]\d{3})?)(?: ?- .*)?$/i
const inGalaxy = /^misp-galaxy:mitre-[a-z-]{1,64}=".* - (t\d{4}(?:\.\d{3})?)"$/i

/** The valid ids among what the source says and what its tags say, in capitals. */
function techniquesOf({ techniques, tags }: MappedAlert): string[] {
  const found = [...techniques, ...tags].flatMap(text => {
    const id = text.length > 256 ? undefined : (inTag.exec(text.trim()) ?? inGalaxy.exec(text.trim()))?.[1]
    return id === undefined ? [] : [id.toUpperCase().replace('/', '.')]
  })
  return [...new Set(found)].slice(0, 32)
}

function listed(texts: readonly string[], most: number, longest: number): string[] {
  const kept = texts.map(text => shortened(text.trim(), longest)).filter(text => text !== '')
  return [...new Set(kept)].slice(0, most)
}

/** A source that is not told otherwise is remembered for as long as what it turned out to be resends. */
function dedupeOf({ settings, kind }: Placed): number {
  return settings.dedupeMs === dedupeMsOf(settings.kind) ? dedupeMsOf(kind) : settings.dedupeMs
}

import { canonicalJson } from './canonical.ts'
import { digest } from './ids.ts'

/** Changed whenever equal alerts would get another fingerprint than before. */
const canonicaliser = '1'

export type Fingerprinted = {
  readonly domain: string
  readonly type: string
  readonly source: string
  readonly sourceRef: string
  /** Whether the sender chose `sourceRef` so that a resend carries it again. */
  readonly chosenRef: boolean
  /** What the alert says, without what a resend changes; looked at only where no reference was chosen. */
  readonly content: unknown
}

/**
 * What an alert says, as 64 hex digits, equal for a resend: over the sender's own reference where it chose one, else
 * over the canonical content. Architecture, "Ids".
 */
export function fingerprintOf(alert: Fingerprinted): string {
  const named = [canonicaliser, alert.domain, alert.type, alert.source]
  return alert.chosenRef
    ? digest([...named, 'ref', alert.sourceRef])
    : digest([...named, 'content', canonicalJson(alert.content)])
}

/**
 * The fingerprint of a TheHive alert body (v0, v1 and v5 alike), from the parsed body alone: what the HTTP intake answers
 * as `_id`, and what ingest writes for the same body. Fields of a wrong type count as absent.
 */
export function fingerprintOfTheHive(body: Readonly<Record<string, unknown>>, domain: string): string {
  const sourceRef = textOf(body.sourceRef)
  return fingerprintOf({
    domain,
    type: textOf(body.type),
    source: textOf(body.source),
    sourceRef,
    chosenRef: isChosenRef(sourceRef),
    content: stableTheHive(body),
  })
}

/** A random uuid (version 4), as ElastAlert2 sends with every resend, was not chosen; nor was an empty text. */
export function isChosenRef(sourceRef: string): boolean {
  return (
    sourceRef.trim() !== '' && !/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(sourceRef)
  )
}

/**
 * A TheHive body without what ElastAlert2 changes from one resend to the next: `sourceRef`, `date`, the order of `tags`,
 * and the counters that its default description lists.
 */
export function stableTheHive(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { sourceRef: _, date: __, ...rest } = body
  const stable: Record<string, unknown> = rest
  if (Array.isArray(body.tags)) stable.tags = body.tags.map(tag => canonicalJson(tag)).sort()
  if (typeof body.description === 'string') {
    stable.description = body.description.replace(/^num_(?:hits|matches): \d+(?:\r?\n|$)/gm, '')
  }
  return stable
}

/** A raw ElastAlert2 match without its counters, which differ after a restart. */
export function stableMatch(match: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { num_hits: _, num_matches: __, ...stable } = match
  return stable
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

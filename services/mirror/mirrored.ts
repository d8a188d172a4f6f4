import { highestTlp, type Tlp, tlpAtMost } from '../../core/tlp.ts'
import { type Decision, emission } from '../../runtime/decision.ts'
import { topics } from '../../schemas/catalogue.ts'
import type { EcsDocument } from '../../schemas/ecs.ts'
import type { Envelope } from '../../schemas/generated/types.ts'

/** What may leave by the mirror (the table of what is contained by default). */
export const mirrorMax = topics.ecs.highestTlp

/** An event with what else in it has a TLP: a case's summary tells of alerts that may be higher than the event itself. */
type Marked = Envelope & {
  readonly kind: string
  readonly case?: { readonly tlp: string } | null
  readonly action?: { readonly caseTlp: string } | null
}

/**
 * One event, one document, or nothing: above AMBER not even its id leaves, and `noted` says that nothing happened.
 * The key is the event's id, which is the same again for a retry or a replay, so that a sink sees one document.
 */
export function mirrored<Event extends Marked>(event: Event, documentOf: (event: Event) => EcsDocument): Decision {
  if (!tlpAtMost(tlpOf(event), mirrorMax)) return { writes: [], remembers: [], withheld: 'tlp' }
  if (event.kind === 'noted') return { writes: [], remembers: [], withheld: 'noted' }
  return { writes: [emission(topics.ecs, event.id, documentOf(event))], remembers: [] }
}

function tlpOf(event: Marked): Tlp {
  const all = [event.tlp, event.case?.tlp, event.action?.caseTlp]
  return highestTlp(...all.flatMap(each => (each === undefined ? [] : [each as Tlp])))
}

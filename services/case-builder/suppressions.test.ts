import { describe, expect, it } from 'vitest'
import type { Alert, AlertRecord, CaseEvent, CommandRecord, Envelope } from '../../schemas/generated/types.ts'
import { rehearsal } from './rehearsal.ts'
import { defaultCaseRules } from './rules.ts'

const hour = 3_600_000
const start = Date.parse('2026-11-20T10:00:00Z')
let made = 0

function envelope(over: Partial<Envelope> = {}): Envelope {
  made += 1
  const ids = { id: `e${made}`.padEnd(32, '0'), causeId: `c${made}`, rawId: `alerts.raw/0/${made}` }
  const times = { eventTime: start, at: start, processTime: start }
  const marks = { domain: 'acme', tenant: 'acme', tlp: 'AMBER', pap: 'AMBER', seq: null, rulesetHash: null, attempt: 0 }
  return { ...ids, ...times, ...marks, ...over }
}

function alert(body: Partial<Alert> = {}, over: Partial<Envelope> = {}): AlertRecord {
  const head = envelope(over)
  const said = { source: 'wazuh', type: 't', title: 'noise of a scanner', description: '', severity: 'low' }
  const lists = { tags: [], techniques: [], ruleIds: [], references: [], observables: [] }
  const rest = { part: 0, parts: 1, fingerprint: 'f', sourceRef: 'r', externalLink: null, rule: null, origin: null }
  return { ...head, kind: 'alert', alert: { ...said, ...lists, ...rest, dedupeMs: hour, ...body } }
}

const noise = 'alert.source == "wazuh" && alert.title.contains("noise")'

function add(when: string, forMs = hour, over: Partial<Envelope> = {}): CommandRecord {
  const head = envelope(over)
  const addSuppression = { when, reason: 'a scanner of ours', expiresAt: head.at + forMs }
  return { ...head, kind: 'add-suppression', addSuppression, actor: 'ana', roles: ['analyst'] }
}

function end(suppressionId: string, over: Partial<Envelope> = {}): CommandRecord {
  const endSuppression = { suppressionId, reason: 'the scanner is gone' }
  return { ...envelope(over), kind: 'end-suppression', endSuppression, actor: 'eve', roles: ['admin'] }
}

const kinds = (events: readonly CaseEvent[]) => events.map(event => event.kind)
const linked = ['case-opened', 'alert-linked']

describe('a suppression', () => {
  it('is told with who asked for it, and why', () => {
    const asked = add(noise)
    expect(rehearsal().play(asked)).toMatchObject([
      {
        kind: 'suppression-added',
        causeId: asked.id,
        caseId: null,
        suppressionAdded: {
          ...{ suppressionId: asked.id, when: noise, by: 'ana' },
          ...{ reason: 'a scanner of ours', expiresAt: start + hour },
        },
      },
    ])
  })

  it('is told of an alert under the highest TLP in that', () => {
    const play = rehearsal()
    const secret = { type: 'domain', value: 'secret.example.com', role: 'indicator', path: 'p', tlp: 'RED' }
    const observables = [{ ...secret, tags: [], flags: [], attachment: null }]
    play.play(add(noise))
    expect(play.play(alert({ observables }))).toMatchObject([{ kind: 'alert-suppressed', tlp: 'RED' }])
    expect(play.play(alert())).toMatchObject([{ kind: 'alert-suppressed', tlp: 'AMBER' }])
  })

  it('keeps an alert that matches out of the cases, with an outcome of its own and a gapless seq', () => {
    const play = rehearsal()
    const asked = add(noise)
    const matching = alert()
    play.play(asked)
    expect(play.play(matching)).toMatchObject([
      {
        ...{ kind: 'alert-suppressed', causeId: matching.id, caseId: null, case: null, seq: 2 },
        alertSuppressed: { alertId: matching.id, fingerprint: 'f', source: 'wazuh', suppressionId: asked.id },
      },
    ])
    expect(kinds(play.play(alert({ source: 'suricata', fingerprint: 'g' })))).toEqual(linked)
    expect(play.events().map(event => event.seq)).toEqual([1, 2, 3, 4])
    expect(play.observables()).toEqual([])
  })

  it('comes before repeats, and leaves no fingerprint behind', () => {
    const play = rehearsal()
    const asked = add(noise)
    expect(kinds(play.play(alert(), asked, alert(), end(asked.id), alert()))).toEqual([
      ...linked,
      'suppression-added',
      'alert-suppressed',
      'suppression-ended',
      'alert-repeated',
    ])
    const other = rehearsal()
    const again = add(noise)
    expect(kinds(other.play(again, alert(), end(again.id), alert()).slice(-2))).toEqual(linked)
  })

  it.each([
    ['when it has expired by task time', () => alert({}, { at: start + hour })],
    ['in another domain', () => alert({}, { domain: 'acme/site' })],
    ['where it cannot be told', () => alert({ title: 'no tag' })],
  ])('does not keep an alert %s', (_what, event) => {
    const play = rehearsal()
    play.play(add('alert.title.contains("noise") || alert.tags[0] == "x"'))
    expect(kinds(play.play(event()))).toEqual(linked)
  })

  it('holds over a restart, until it ends or expires', () => {
    const asked = add(noise)
    const before = rehearsal()
    before.play(asked, add('alert.source == "x"', 2 * hour))
    const play = before.restarted()
    expect(kinds(play.play(alert()))).toEqual(['alert-suppressed'])
    const late = play.restarted()
    expect(kinds(late.play(alert({}, { at: start + hour })))).toEqual(linked)
    expect(kinds(late.play(end(asked.id, { at: start + hour })))).toEqual(['noted'])
  })

  it('is one of at most as many as the rules say, of which the first that matches is told', () => {
    const play = rehearsal({ ...defaultCaseRules, suppressions: 2 })
    const [first, second] = [add(noise), add('true', 2 * hour)]
    expect(kinds(play.play(first, second, add(noise)))).toEqual(['suppression-added', 'suppression-added', 'noted'])
    expect(play.play(alert())).toMatchObject([{ alertSuppressed: { suppressionId: first.id } }])
    // The first has expired: there is room again.
    expect(kinds(play.play(add(noise, hour, { at: start + hour })))).toEqual(['suppression-added'])
    expect(play.play(alert({}, { at: start + hour }))).toMatchObject([
      { alertSuppressed: { suppressionId: second.id } },
    ])
  })

  it.each([
    ['of a condition that does not compile', add('alert.nope == 1'), 'nope'],
    ['of what is no condition', add('alert.title'), 'true or false'],
    ['of a time that has passed', add(noise, 0), 'passed'],
    ['for more than a year', add(noise, 367 * 24 * hour), 'too long'],
    ['that ends what there is not', end('e0'), 'no such suppression'],
  ])('that cannot be is noted: a command %s', (_what, command, why) => {
    const play = rehearsal()
    expect(play.play(command)).toMatchObject([{ kind: 'noted', noted: { reason: expect.stringContaining(why) } }])
    expect(kinds(play.play(alert()))).toEqual(linked)
  })

  it('is ended once, by whoever asked for it', () => {
    const play = rehearsal()
    const asked = add(noise)
    const ending = end(asked.id)
    expect(play.play(asked, ending, end(asked.id))).toMatchObject([
      { kind: 'suppression-added' },
      { kind: 'suppression-ended', suppressionEnded: { suppressionId: asked.id, by: 'eve' } },
      { kind: 'noted' },
    ])
    expect(kinds(play.play(ending))).toEqual(['noted'])
  })
})

import { describe, expect, it } from 'vitest'
import type { Decision } from '../../runtime/decision.ts'
import type { EcsDocument } from '../../schemas/ecs.ts'
import type { Envelope } from '../../schemas/generated/types.ts'
import { isEcs } from './ecs-fields.ts'
import * as some from './some-events.ts'
import { mirror } from './topology.ts'

function mirroredAs(input: 'alert' | 'event' | 'result' | 'response', event: Envelope): Decision {
  const handler = mirror().stages.ecs?.on[input]
  if (handler === undefined) throw new Error(`the mirror reads no ${input}`)
  const state = { get: () => undefined, all: () => [] }
  return handler(state, event, { now: 0, origin: { topic: '', partition: 0, offset: 0 } })
}

function documentIn(decision: Decision): EcsDocument {
  const [write] = decision.writes
  if (decision.writes.length !== 1 || write?.topic.name !== 'ecs') throw new Error('not one document')
  return JSON.parse(JSON.stringify(write.draft)) as EcsDocument
}

const bare = {
  ...{ description: '', severity: 'unheard of', tags: [], externalLink: null, rule: null, observables: [] },
  ...{ techniques: [], ruleIds: [], references: [] },
}

type Named = readonly [name: string, input: Parameters<typeof mirroredAs>[0], event: Envelope]
const events: readonly Named[] = [
  ['alert', 'alert', some.alertEvent()],
  ['alert-with-one-red-observable', 'alert', some.alertEvent({ observables: withOneRed() })],
  ['alert-of-nothing-but-a-title', 'alert', some.alertEvent(bare)],
  ['rejection', 'alert', some.rejectionEvent],
  ['suppression', 'alert', some.suppressionEvent],
  ...some.caseEvents.map((event): Named => [event.kind, 'event', event]),
  ['report-malicious', 'result', some.reportEvent('malicious')],
  ['report-benign', 'result', some.reportEvent('benign')],
  ['failure', 'result', some.failureEvent],
  ['refusal', 'result', some.refusalEvent],
  ['match', 'result', some.matchEvent],
  ...some.responseEvents.map((event): Named => [`response-${event.kind}`, 'response', event]),
]

describe('the document of an event', () => {
  it.each(events)('%s', async (name, input, event) => {
    const document = documentIn(mirroredAs(input, event))
    const golden = new URL(`../../test/fixtures/mirror/${name}.golden.json`, import.meta.url).pathname
    await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot(golden)
  })

  it.each(events)(
    '%s: its id is the event id, in the key as in event.id, and the same again',
    (_name, input, event) => {
      const decision = mirroredAs(input, event)
      expect(decision.writes[0]?.key).toBe(event.id)
      expect(documentIn(decision).event.id).toBe(event.id)
      expect(mirroredAs(input, event)).toEqual(decision)
    },
  )

  it.each(events)('%s: every field is one of ECS, or our own', (_name, input, event) => {
    expect(pathsOf(documentIn(mirroredAs(input, event))).filter(path => !isEcs(path))).toEqual([])
  })

  it('the check of fields would see one that ECS does not have', () => {
    expect(['source.ip', 'vigia.case.number', 'case.number', 'source.address.ip'].filter(path => !isEcs(path))).toEqual(
      ['case.number', 'source.address.ip'],
    )
  })

  it('is an alert, an enrichment or an event to ECS, and never a signal', () => {
    const kinds = events.map(([name, input, event]) => [name, documentIn(mirroredAs(input, event)).event.kind])
    expect(kinds.filter(([, kind]) => kind === 'alert').map(([name]) => name)).toEqual(
      events.slice(0, 3).map(([name]) => name),
    )
    expect(kinds.filter(([, kind]) => kind === 'enrichment').map(([name]) => name)).toEqual([
      'report-malicious',
      'match',
    ])
    expect(new Set(kinds.map(([, kind]) => kind))).toEqual(new Set(['alert', 'enrichment', 'event']))
  })
})

describe('what is above AMBER', () => {
  it.each([
    ['CLEAR', undefined],
    ['GREEN', undefined],
    ['AMBER', undefined],
    ['AMBER+STRICT', 'tlp'],
    ['RED', 'tlp'],
    ['a level that this version does not know', 'tlp'],
  ])('an event under TLP %s', (tlp, withheld) => {
    const decision = mirroredAs('alert', some.alertEvent({}, { tlp }))
    expect(decision.withheld).toBe(withheld)
    expect(decision.writes).toHaveLength(withheld === undefined ? 1 : 0)
  })

  it('a fact of a case that holds an alert above it', () => {
    const closed = some.caseEvent({ kind: 'case-closed', caseClosed: { by: 'ana', reason: '' } }, { tlp: 'RED' })
    expect(mirroredAs('event', closed)).toEqual({ writes: [], remembers: [], withheld: 'tlp' })
  })

  it('an action on such a case', () => {
    const done = some.responseEvent({ kind: 'done', done: { says: '200' } }, { caseTlp: 'AMBER+STRICT' })
    expect(mirroredAs('response', done)).toEqual({ writes: [], remembers: [], withheld: 'tlp' })
  })

  it.each(['AMBER+STRICT', 'RED'])('an observable of its own, under %s, nor the words that may hold it', tlp => {
    const secret = { value: 'secret.example.com', tlp }
    const event = some.alertEvent({
      ...{ title: 'Seen: secret[.]example[.]com', description: 'secret.example.com', sourceRef: 'secret.example.com' },
      ...{ tags: ['secret.example.com'], references: ['http://secret.example.com'] },
      ...{ source: 'secret.example.com', type: 'secret.example.com' },
      ...{ rule: 'Beacon to secret.example.com', ruleIds: ['secret.example.com', '2'] },
      externalLink: 'https://secret.example.com/1',
      observables: [
        ...some.fullAlert.observables,
        some.observable('domain', secret.value, 'indicator', secret),
        some.observable('url', 'http://WWW.Secret.example.com/login', 'indicator'),
      ],
    })
    const document = documentIn(mirroredAs('alert', event))
    expect(JSON.stringify(document)).not.toMatch(/secret/i)
    expect(document.vigia.observables_left_out).toBe(2)
    expect(document.vigia.observables).toHaveLength(some.fullAlert.observables.length)
  })

  it.each([
    ['a domain of its URL', 'domain', 'secret.example.com', true],
    ['an address of its URL', 'ip', '203.0.113.99', true],
    ['what is too short to tell anything', 'other', 'com', false],
    ['another', 'domain', 'other.example.com', false],
  ])('%s, which holds it', (_what, type, value, isLeftOut) => {
    const secret = some.observable('url', 'http://Secret.example.com/203.0.113.99', 'indicator', { tlp: 'RED' })
    const observables = [secret, some.observable(type, value, 'mentioned')]
    const document = documentIn(mirroredAs('alert', some.alertEvent({ observables })))
    expect(document.vigia.observables_left_out).toBe(isLeftOut ? 2 : 1)
    expect(JSON.stringify(document).includes(value)).toBe(!isLeftOut)
  })

  it('any observable at all, where too many are above it to be looked for in the others', () => {
    const many = Array.from({ length: 51 }, (_, n) => some.observable('ip', `203.0.113.${n}`, 'source', { tlp: 'RED' }))
    const event = some.alertEvent({ observables: [...many, some.observable('domain', 'example.org', 'source')] })
    expect(JSON.stringify(documentIn(mirroredAs('alert', event)))).not.toMatch(/203\.0|example\.org/)
  })

  it('an artifact of a report', () => {
    expect(JSON.stringify(documentIn(mirroredAs('result', some.reportEvent('malicious'))))).not.toMatch(/secret/)
  })
})

describe('what is large or strange', () => {
  it('is cut, so that a document fits its topic', () => {
    const many = Array.from({ length: 3_000 }, (_, n) => some.observable('domain', `${n}.example.net`, 'mentioned'))
    const event = some.alertEvent({ description: 'x'.repeat(3_000_000), title: '😀'.repeat(10_000), observables: many })
    const text = JSON.stringify(documentIn(mirroredAs('alert', event)))
    expect(text.length).toBeLessThan(200_000)
    expect(JSON.parse(text)).toMatchObject({ vigia: { observables_left_out: 2_500 } })
    expect(text.isWellFormed()).toBe(true)
  })

  it('a time that no date can hold stops nothing', () => {
    const document = documentIn(mirroredAs('alert', some.alertEvent({}, { eventTime: 9e18 })))
    expect(document['@timestamp']).toBe('1970-01-01T00:00:00.000Z')
  })

  it('that nothing happened is not told', () => {
    expect(mirroredAs('event', some.notedEvent)).toEqual({ writes: [], remembers: [], withheld: 'noted' })
  })
})

function withOneRed() {
  return some.fullAlert.observables.map((each, n) => (n === 1 ? { ...each, tlp: 'RED' } : each))
}

function pathsOf(part: object, before = ''): string[] {
  return Object.entries(part).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? pathsOf(value, `${before}${name}.`)
      : [before + name],
  )
}

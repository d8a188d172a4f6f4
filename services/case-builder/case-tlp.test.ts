import { describe, expect, it } from 'vitest'
import type { Envelope, ResultRecord } from '../../schemas/generated/types.ts'
import { rehearsal } from './rehearsal.ts'
import { alert, envelope, report, seen } from './some-inputs.ts'

describe('the TLP of a case', () => {
  const match = (tlp: string, over: Partial<Envelope> = {}): ResultRecord => {
    const ids = {
      indicatorUuid: 'u',
      eventUuid: 'ev',
      eventInfo: 'Botnet',
      orgc: 'CERT',
      toIds: true,
      retro: false,
      afterMs: 0,
    }
    return {
      ...envelope(over),
      kind: 'match',
      match: { source: 'feed', scope: 'shared', type: 'ip', value: '203.0.113.7', ...ids, tlp },
    }
  }

  it.each([
    ['its alert', () => [alert([seen('203.0.113.7')], { tlp: 'RED' })], 'RED'],
    ['an observable of it', () => [alert([seen('203.0.113.7', { tlp: 'RED' })], { tlp: 'GREEN' })], 'RED'],
    [
      'an indicator that names it',
      () => [alert([seen('203.0.113.7')], { tlp: 'GREEN' }), match('RED', { tlp: 'RED' })],
      'RED',
    ],
    [
      'a repeat',
      () => [
        alert([seen('203.0.113.7')], { tlp: 'GREEN', fingerprint: 'f' }),
        alert([seen('203.0.113.7')], { tlp: 'RED', fingerprint: 'f' }),
      ],
      'RED',
    ],
    [
      'what an indicator found, where only the match says so',
      () => [alert([seen('203.0.113.7')], { tlp: 'GREEN' }), match('GREEN', { tlp: 'RED' })],
      'RED',
    ],
    [
      'an indicator where only that says so',
      () => [alert([seen('203.0.113.7')], { tlp: 'GREEN' }), match('RED', { tlp: 'GREEN' })],
      'RED',
    ],
    [
      'a report',
      () => [alert([seen('203.0.113.7')], { tlp: 'GREEN' }), report('203.0.113.7', 'malicious', 2, { tlp: 'RED' })],
      'RED',
    ],
    [
      'what an analysis found, once that is reported on',
      () => [
        alert([seen('203.0.113.7')], { tlp: 'GREEN' }),
        report('203.0.113.7', 'malicious', 2, {
          tlp: 'GREEN',
          artifacts: [{ type: 'ip', value: '198.51.100.66', tlp: 'RED', tags: [] }],
        }),
        report('198.51.100.66', 'malicious', 2, { tlp: 'RED' }),
      ],
      'RED',
    ],
    [
      'what was known of its observables',
      () => [
        alert([seen('203.0.113.7')], { tlp: 'GREEN', domain: 'acme' }),
        report('203.0.113.7', 'malicious', 2, { tlp: 'AMBER' }),
      ],
      'AMBER',
    ],
    [
      'nothing that it does not hold',
      () => [alert([seen('203.0.113.7')], { tlp: 'GREEN' }), report('203.0.113.8', 'malicious', 2, { tlp: 'RED' })],
      'GREEN',
    ],
  ])('is as high as %s', (_what, events, tlp) => {
    const play = rehearsal()
    play.play(...events())
    expect(play.cases()).toMatchObject([{ tlp }])
  })
})

describe('the TLP of an event', () => {
  it('is that of the case from its first event on', () => {
    const red = alert([seen('203.0.113.7', { tlp: 'RED' })], { tlp: 'GREEN' })
    const events = rehearsal().play(red)
    expect(events.map(({ kind, tlp }) => [kind, tlp])).toEqual([
      ['case-opened', 'RED'],
      ['alert-linked', 'RED'],
    ])
  })

  it('of a result is at least that of what the result tells of', () => {
    const play = rehearsal()
    play.play(alert([seen('203.0.113.7')], { tlp: 'GREEN' }))
    const events = play.play(report('203.0.113.7', 'malicious', 2, { tlp: 'RED' }))
    expect(events.map(({ kind, tlp }) => [kind, tlp])).toEqual([
      ['analysis-folded', 'RED'],
      ['verdict-changed', 'RED'],
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { markerOf } from '../../core/observable/marker.ts'
import type { Envelope } from '../../schemas/generated/types.ts'
import { rehearsal } from './rehearsal.ts'
import { defaultCaseRules } from './rules.ts'
import { alert, close, envelope, hour, report, seen, start } from './some-inputs.ts'

const kinds = (events: readonly { readonly kind: string }[]) => events.map(event => event.kind)

describe('linking alerts', () => {
  it('opens a case, and lets what shares an observable join it', () => {
    const play = rehearsal()
    expect(kinds(play.play(alert([seen('203.0.113.7')])))).toEqual(['case-opened', 'alert-linked'])
    const [linked] = play.play(alert([seen('203.0.113.7'), seen('203.0.113.8')], { severity: 'high', tlp: 'RED' }))
    expect(linked).toMatchObject({
      kind: 'alert-linked',
      alertLinked: { joinedOn: [{ type: 'ip', value: '203.0.113.7' }] },
    })
    expect(play.cases()).toMatchObject([
      {
        number: 1,
        alerts: 2,
        observables: 2,
        severity: 'high',
        tlp: 'RED',
        joinedOn: [{ value: '203.0.113.7', alerts: 2 }],
      },
    ])
  })

  it.each([
    ['a private address', { flags: ['private'] }, 'private'],
    ['an own address', { flags: ['own'] }, 'own'],
    ['what is on a warninglist', { flags: ['warninglist:public-dns'] }, 'warninglist public-dns'],
    ["the empty file's hash", { type: 'hash', flags: ['empty-file'] }, 'empty-file'],
    ['a host name', { type: 'hostname' }, 'the type hostname'],
    ['what is only mentioned', { role: 'mentioned' }, 'the role mentioned'],
    ['the sensor', { role: 'observer' }, 'the role observer'],
  ])('does not join on %s, and says why', (_what, over, because) => {
    const play = rehearsal()
    play.play(alert([seen('x', over)]))
    const events = play.play(alert([seen('x', over)]))
    expect(kinds(events)).toEqual(['case-opened', 'alert-linked'])
    expect(events[1]).toMatchObject({ alertLinked: { notJoined: [{ value: 'x', because }] } })
  })

  it('does not join on what was in 20 alerts within a day', () => {
    const play = rehearsal()
    for (let i = 0; i < 20; i++) play.play(alert([seen('203.0.113.7')]))
    expect(play.cases()).toMatchObject([{ alerts: 20 }])
    expect(kinds(play.play(alert([seen('203.0.113.7')])))).toEqual(['case-opened', 'alert-linked'])
    // A day later it is not common any more; the case is too old to join by then.
    play.play(alert([seen('203.0.113.7')], { at: start + 25 * hour }))
    expect(play.cases()).toHaveLength(3)
    play.play(alert([seen('203.0.113.7')], { at: start + 26 * hour }))
    expect(play.cases().at(-1)).toMatchObject({ alerts: 2 })
  })

  it("joins within 24 h of the case's last alert, not later", () => {
    const play = rehearsal()
    play.play(
      alert([seen('203.0.113.7')]),
      alert([seen('203.0.113.7')], { at: start + 23 * hour }),
      alert([seen('203.0.113.7')], { at: start + 46 * hour }),
    )
    expect(play.cases()).toMatchObject([{ alerts: 3 }])
    play.play(alert([seen('203.0.113.7')], { at: start + 71 * hour }))
    expect(play.cases()).toHaveLength(2)
  })

  it('joins the case that shares most, the oldest of equals', () => {
    const play = rehearsal()
    play.play(alert([seen('203.0.113.1')]), alert([seen('203.0.113.2'), seen('203.0.113.3')]))
    play.play(alert([seen('203.0.113.1'), seen('203.0.113.2'), seen('203.0.113.3')]))
    expect(play.cases().map(each => each.alerts)).toEqual([1, 2])
    play.play(alert([seen('203.0.113.1'), seen('203.0.113.2')]))
    expect(play.cases().reduce((sum, each) => sum + each.alerts, 0)).toBe(4)
  })

  it('goes on in a new case, linked to the full one', () => {
    const play = rehearsal({ ...defaultCaseRules, alertsPerCase: 3 })
    for (let i = 0; i < 5; i++) play.play(alert([seen('203.0.113.7')]))
    const [full, next] = play.cases()
    expect([full?.alerts, next?.alerts, next?.linkedTo]).toEqual([3, 2, full?.caseId])
  })

  it('keeps domains apart', () => {
    const play = rehearsal()
    play.play(alert([seen('203.0.113.7')]), alert([seen('203.0.113.7')], { domain: 'other' }))
    expect(play.cases()).toMatchObject([
      { number: 1, alerts: 1 },
      { number: 1, alerts: 1 },
    ])
    expect(play.events().map(event => event.seq)).toEqual([1, 2, 1, 2])
  })
})

describe('repeats', () => {
  it('are recorded and counted on the first alert, within a window that a repeat does not prolong', () => {
    const play = rehearsal()
    const again = (at: number) => alert([seen('203.0.113.7')], { fingerprint: 'same', at })
    play.play(again(start))
    expect(play.play(again(start + 50 * 60_000))).toMatchObject([
      { kind: 'alert-repeated', alertRepeated: { count: 1 } },
    ])
    expect(kinds(play.play(again(start + 61 * 60_000)))).toEqual(['alert-linked'])
    expect(play.cases()).toMatchObject([{ alerts: 2, repeats: 1 }])
  })

  it('of an alert whose case is closed open a new case, linked to the closed one', () => {
    const play = rehearsal()
    play.play(alert([seen('203.0.113.7')], { fingerprint: 'same' }))
    const [first] = play.cases()
    expect(play.play(close(first?.caseId ?? ''))).toMatchObject([{ kind: 'case-closed', caseClosed: { by: 'ana' } }])
    expect(kinds(play.play(alert([seen('203.0.113.7')], { fingerprint: 'same' })))).toEqual([
      'case-opened',
      'alert-linked',
    ])
    expect(play.cases()[1]).toMatchObject({ linkedTo: first?.caseId, status: 'open' })
  })
})

describe('results', () => {
  it('count for every open case that holds the observable, and move its verdict', () => {
    const play = rehearsal()
    play.play(alert([seen('203.0.113.7')]))
    expect(kinds(play.play(report('203.0.113.7', 'malicious', 2)))).toEqual(['analysis-folded', 'verdict-changed'])
    expect(play.cases()).toMatchObject([
      { verdict: 'malicious', score: 2, findings: [{ by: 'Lookup', verdict: 'malicious' }] },
    ])
  })

  it('answer alerts that come later, at once', () => {
    const play = rehearsal()
    play.play(alert([seen('203.0.113.7')], { domain: 'acme' }), report('203.0.113.7', 'suspicious', 1))
    const events = play.play(alert([seen('203.0.113.7'), seen('203.0.113.9')], { at: start + 30 * hour }))
    expect(kinds(events)).toEqual(['case-opened', 'alert-linked', 'verdict-changed'])
    expect(events[1]).toMatchObject({ alertLinked: { answered: 1 } })
  })

  it('replace what the same analyzer said before, in the score', () => {
    const play = rehearsal()
    play.play(
      alert([seen('203.0.113.7')]),
      report('203.0.113.7', 'malicious', 2),
      report('203.0.113.7', 'suspicious', 1),
    )
    expect(play.cases()).toMatchObject([{ score: 1, verdict: 'malicious' }])
    play.play(report('203.0.113.7', 'suspicious', 1, { name: 'Other' }))
    expect(play.cases()).toMatchObject([{ score: 2 }])
  })

  it('that no open case holds are noted', () => {
    const play = rehearsal()
    expect(play.play(report('203.0.113.99', 'malicious', 2))).toMatchObject([{ kind: 'noted', seq: 1 }])
  })

  it('lead to what they found, once and no further', () => {
    const play = rehearsal()
    const found = { type: 'ip', value: '198.51.100.5', tags: [], tlp: null }
    play.play(alert([seen('203.0.113.7')]), report('203.0.113.7', 'malicious', 2, { artifacts: [found] }))
    play.play(report('198.51.100.5', 'malicious', 2, { artifacts: [{ ...found, value: '198.51.100.6' }] }))
    expect(play.observables()).toEqual(['ip|203.0.113.7|acme', 'ip|198.51.100.5|acme'])
    expect(play.cases()).toMatchObject([{ score: 4 }])
  })
})

describe('what an analysis finds', () => {
  it("is marked as the organisation's own, and is at least as high as what led to it and as it says itself", () => {
    const marker = markerOf({ ownDomains: ['ownbank.example'] })
    const play = rehearsal({ ...defaultCaseRules, marker })
    const artifacts = [{ type: 'fqdn', value: 'vpn.ownbank.example', tags: [], tlp: 'RED' }]
    play.play(alert([seen('203.0.113.7')], { tlp: 'GREEN' }))
    play.play(report('203.0.113.7', 'unknown', 0, { tlp: 'GREEN', artifacts }))
    expect(play.found()).toMatchObject([{ value: 'vpn.ownbank.example', flags: ['own'], tlp: 'RED', depth: 1 }])
  })
})

describe('observables', () => {
  it('are written on first sight, on a TLP or PAP change, and once a day', () => {
    const play = rehearsal()
    const at = (time: number, over: Partial<Envelope> = {}) => alert([seen('203.0.113.7')], { at: time, ...over })
    play.play(at(start), at(start + hour))
    expect(play.observables()).toHaveLength(1)
    play.play(at(start + hour, { tlp: 'RED' }))
    expect(play.observables()).toHaveLength(2)
    play.play(at(start + 2 * hour, { tlp: 'GREEN' }))
    expect(play.observables()).toHaveLength(2)
    play.play(at(start + 26 * hour))
    expect(play.observables()).toHaveLength(3)
  })
})

describe('the record', () => {
  it('gives every input at least one event, with a gapless seq', () => {
    const play = rehearsal()
    const rejection = { part: 0, parts: 1, source: 's', code: 'VIG_ALERT_NOT_JSON', reason: '', origin: null }
    play.play(
      { ...envelope(), kind: 'rejection', rejection },
      alert([seen('203.0.113.7')]),
      report('203.0.113.7', 'benign', 0),
      close('unknown'),
    )
    expect(play.events().map(event => event.seq)).toEqual(play.events().map((_, index) => index + 1))
    expect(kinds(play.events())).toEqual([
      'noted',
      'case-opened',
      'alert-linked',
      'analysis-folded',
      'verdict-changed',
      'noted',
    ])
  })

  it('keeps the summary of a case under 16 kB, however much there is to say', () => {
    const play = rehearsal()
    const long = 'x'.repeat(4000)
    for (let i = 0; i < 60; i++) {
      play.play(
        alert([seen('203.0.113.7'), seen(`${long}${i}`, { type: 'url' }), seen(`198.51.100.${i}`)], {
          at: start + i * 25 * hour,
        }),
      )
      play.play(report(`198.51.100.${i}`, 'malicious', 2, { name: `${long}${i}` }))
    }
    for (const each of play.cases()) expect(Buffer.byteLength(JSON.stringify(each))).toBeLessThan(16 * 1024)
  })
})

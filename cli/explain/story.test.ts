import { describe, expect, it } from 'vitest'
import type { Evidence } from './evidence.ts'
import {
  envelope,
  linked,
  opened,
  repeated,
  someAlert,
  someCase,
  someDeadLetter,
  someRejection,
  suppressed,
  told,
} from './some-events.ts'
import { storyOf } from './story.ts'
import { storyDocument, storyText } from './story-text.ts'

const caseOne = someCase({ caseId: 'aaaa1111', number: 1 })
const caseTwo = someCase({ caseId: 'bbbb2222', number: 2 })
const alertOne = someAlert({ offset: 0 }, 'ffff1111')
const alertAgain = someAlert({ offset: 1 }, 'ffff1111')
const alertTwo = someAlert({ offset: 2 }, 'ffff2222')
const inOne = { summary: caseOne }
const inTwo = { summary: caseTwo }

const action = told('cccc3333dddd', { kind: 'planned' }, { at: alertOne.at + 10 })
const planned = { ...action, action: action.action && { ...action.action, caseId: caseOne.caseId } }

const evidence: Evidence = {
  alerts: [alertOne, alertAgain, alertTwo],
  caseEvents: [
    opened(alertOne, inOne),
    linked(alertOne, inOne),
    repeated(alertAgain, alertOne, inOne),
    opened(alertTwo, inTwo),
    linked(alertTwo, inTwo),
  ],
  ...{ jobs: [], results: [], deadLetters: [] },
  responses: [planned],
}

const kinds = (id: string) => storyOf(id, evidence).steps.map(step => step.kind)

describe('the story of', () => {
  it.each([
    ['a case, by its number', '#1'],
    ['a case, by its id', 'aaaa1111'],
    ['a case, by the beginning of its id', 'c-aaaa11'],
  ])('%s: its alerts, what was decided, and what was done', (_what, id) => {
    expect(kinds(id)).toEqual(['alert', 'case-opened', 'alert-linked', 'alert', 'alert-repeated', 'planned'])
  })

  it.each([
    ['its own id', alertTwo.id],
    ['its raw record', 'alerts.raw/0/2'],
    ['its part', 'alerts.raw/0/2#0'],
    ['its fingerprint', 'ffff2222'],
  ])('an alert, by %s: what became of it, and nothing of others', (_what, id) => {
    const story = storyOf(id, evidence)
    expect(story.steps.map(step => step.kind)).toEqual(['alert', 'case-opened', 'alert-linked'])
    expect(story.rawIds).toEqual(['alerts.raw/0/2'])
  })

  it('an action, by its short name: the case that it is for, and no other', () => {
    const { steps } = storyOf('a-cccc3333', evidence)
    expect(steps.map(step => step.kind)).toContain('planned')
    expect(steps.filter(step => step.kind === 'case-opened').map(step => step.says)).toEqual([
      'case #1 opened: shares nothing',
    ])
  })

  it('nothing, where nothing has that name', () => {
    const nothing = { rawIds: [], steps: [], occurrences: [], deadLetters: [] }
    expect(storyOf('#99', evidence)).toEqual(nothing)
    expect(storyOf('alerts.raw/0', evidence)).toEqual(nothing)
  })

  it('is in order of time, and of the way of the data where times are equal', () => {
    const { steps } = storyOf('#1', evidence)
    expect(steps.map(step => step.at)).toEqual(steps.map(step => step.at).toSorted((a, b) => a - b))
    expect(steps[0]).toMatchObject({ topic: 'alerts', causeId: 'alerts.raw/0/0#0' })
  })
})

describe('the story of an alert', () => {
  it.each([
    ['the first', alertOne.id],
    ['a repeat', alertAgain.id],
    ['the fingerprint', 'ffff1111'],
  ])('tells every time that it was received, asked for by %s', (_what, id) => {
    const { occurrences } = storyOf(id, evidence)
    expect(
      occurrences.map(({ rawId, at, outcome, caseNumber }) => [rawId, at - alertOne.at, outcome, caseNumber]),
    ).toEqual([
      ['alerts.raw/0/0', 0, 'linked', 1],
      ['alerts.raw/0/1', 1, 'duplicate', 1],
    ])
    expect(kinds(id).filter(kind => kind === 'alert-repeated')).toHaveLength(1)
  })

  it('tells nothing of an alert of another domain that says the same', () => {
    const other = { ...alertAgain, domain: 'globex' }
    const { occurrences } = storyOf(alertOne.id, { ...evidence, alerts: [alertOne, other] })
    expect(occurrences).toHaveLength(1)
  })

  it('names rule, techniques and references, and reads well', () => {
    const body = { techniques: ['T1071.001'], ruleIds: ['100200'], references: ['https://rules.example/100200'] }
    const alert =
      alertOne.kind === 'alert' ? { ...alertOne, alert: { ...alertOne.alert, ...body, rule: 'C2' } } : alertOne
    const story = storyOf(alertOne.id, { ...evidence, alerts: [alert, alertAgain, alertTwo] })
    const raw = { 'alerts.raw/0/0': '{"title":"Beacon"}' }
    expect(storyText(story, raw)).toMatchInlineSnapshot(`
      "ALERT Beacon
        from        wazuh of acme, event r
        marked      high, TLP AMBER, PAP AMBER
        happened    2026-11-20 10:00:00
        received    2026-11-20 10:00:00
        rule        C2, 100200
        ATT&CK      T1071.001
        see         https://rules.example/100200
        fingerprint ffff1111

      RAW alerts.raw/0/0
        {"title":"Beacon"}
      and 1 more raw record: not shown, or removed by retention

      RECEIVED 2 times
        2026-11-20 10:00:00  alerts.raw/0/0#0  in case #1
        2026-11-20 10:00:00  alerts.raw/0/1#0  repeat 1 of alert b6a602b7, in case #1

      WHAT HAPPENED
        2026-11-20 10:00:00  alerts            alert from wazuh: Beacon (high, TLP AMBER, 0 observables, ATT&CK T1071.001)
        2026-11-20 10:00:00  case-events       case #1 opened: shares nothing
        2026-11-20 10:00:00  case-events       alert "Beacon" is in case #1
        2026-11-20 10:00:00  alerts            alert from wazuh: Beacon (high, TLP AMBER, 0 observables)
        2026-11-20 10:00:00  case-events       repeats alert b6a602b7 of case #1, time 1
        2026-11-20 10:00:00  responses         a-cccc3333 notify.webhook for case #1 planned (live): a rule"
    `)
    expect(storyDocument(alertOne.id, story, raw)).toMatchObject({ alert: { ...body, rule: 'C2', tenant: 'acme' } })
  })

  it('names the suppression that kept it out, and who made it', () => {
    const added = {
      ...envelope({ id: 'added', at: alertTwo.at - 1 }),
      ...{ caseId: null, case: null, kind: 'suppression-added' as const },
      suppressionAdded: {
        ...{ suppressionId: '5eed5eed5eed5eed', when: 'true', by: 'ana', reason: 'a known scanner' },
        expiresAt: alertTwo.at + 1000,
      },
    }
    const kept = { ...evidence, caseEvents: [added, suppressed(alertTwo)] }
    const story = storyOf(alertTwo.id, kept)
    expect(story.steps.map(step => step.kind)).toEqual(['suppression-added', 'alert', 'alert-suppressed'])
    expect(story.occurrences).toMatchObject([{ outcome: 'suppressed', caseNumber: null }])
  })
})

describe('the story of a rejection', () => {
  const origin = 'alerts.raw/0/7#0'
  const refused = someRejection({ offset: 7 })
  const letter = { ...someDeadLetter(7), id: 'dead1234beef', causeId: origin }
  const attempt = someAlert({ offset: 8, origin, attempt: 1 }, 'ffff7777')

  it('says how it can be driven again', () => {
    const story = storyOf('alerts.raw/0/7', { ...evidence, alerts: [refused], deadLetters: [letter] })
    expect(story.deadLetters).toEqual(['dead1234beef'])
    expect(storyText(story, {})).toContain('vigia dlq redrive dead1234 --edit FILE')
  })

  it.each([origin, attempt.id])(
    'tells the attempts at it, asked for by %s, and needs no more once one succeeded',
    id => {
      const mended = {
        ...evidence,
        ...{ alerts: [refused, attempt], caseEvents: [linked(attempt, inOne)], deadLetters: [letter] },
      }
      const story = storyOf(id, mended)
      expect(story.occurrences.map(each => [each.attempt, each.outcome])).toEqual([
        [0, 'rejected'],
        [1, 'linked'],
      ])
      const text = storyText(story, {})
      expect(text).toContain(`attempt 1 at ${origin}: in case #1`)
      expect(text).not.toContain('TO MEND IT')
    },
  )
})

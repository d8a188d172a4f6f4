import { describe, expect, it } from 'vitest'
import type { Evidence } from './evidence.ts'
import { linked, opened, repeated, someAlert, someCase, told } from './some-events.ts'
import { storyOf } from './story.ts'

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
    expect(storyOf('#99', evidence)).toEqual({ rawIds: [], steps: [] })
  })

  it('is in order of time, and of the way of the data where times are equal', () => {
    const { steps } = storyOf('#1', evidence)
    expect(steps.map(step => step.at)).toEqual(steps.map(step => step.at).toSorted((a, b) => a - b))
    expect(steps[0]).toMatchObject({ topic: 'alerts', causeId: 'alerts.raw/0/0#0' })
  })
})

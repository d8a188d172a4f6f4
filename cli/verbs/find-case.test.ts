import { describe, expect, it } from 'vitest'
import { linked, opened, someAlert, someCase } from '../explain/some-events.ts'
import { casesNamed, casesOf } from './find-case.ts'

const alert = someAlert({ offset: 0 })
const closed = { status: 'closed' }
const one = someCase({ caseId: 'abcd1111', number: 1 })
const cases = casesOf([
  opened(alert, { summary: someCase({ caseId: 'abcd2222', number: 2 }) }),
  opened(alert, { summary: one }),
  linked(alert, { summary: { ...one, alerts: 2, ...closed } }),
  opened(alert, { summary: someCase({ caseId: '1234aaaa', number: 1 }), domain: 'zeta' }),
])

describe('the cases of a record', () => {
  it('are as they stand after its last event, in the order of their numbers within each domain', () => {
    expect(cases.map(each => [each.domain, each.number, each.status, each.alerts])).toEqual([
      ['acme', 1, 'closed', 2],
      ['acme', 2, 'open', 1],
      ['zeta', 1, 'open', 1],
    ])
  })

  it.each([
    ['#2', ['abcd2222']],
    ['2', ['abcd2222']],
    ['#1', ['abcd1111', '1234aaaa']],
    ['abcd2222', ['abcd2222']],
    ['c-abcd2', ['abcd2222']],
    ['abcd', ['abcd1111', 'abcd2222']],
    ['1234', ['1234aaaa']],
    ['#1234', []],
    ['abc', []],
    ['c-', []],
    ['nobody', []],
  ])('%s means %j', (name, ids) => {
    expect(casesNamed(name, cases).map(each => each.caseId)).toEqual(ids)
  })
})

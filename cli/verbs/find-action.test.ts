import { describe, expect, it } from 'vitest'
import { told } from '../explain/some-events.ts'
import { actionsNamed, actionsOf } from './find-action.ts'
import { hasObeyed } from './response.ts'

const actions = actionsOf([
  told('abcd1111', { kind: 'planned' }),
  told('abcd1111', { kind: 'awaiting', expiresAt: 99 }),
  told('abcd2222', { kind: 'awaiting', expiresAt: 99 }),
  told('abcd2222', { kind: 'approved', by: 'ana' }),
  told('ffff3333', { kind: 'planned' }, { mode: 'shadow' }),
])

describe('the actions of a record', () => {
  it('stand where their last event left them', () => {
    expect(actions.map(each => [each.actionId, each.status, each.expiresAt])).toEqual([
      ['abcd1111', 'awaiting', 99],
      ['abcd2222', 'approved', null],
      ['ffff3333', 'planned', null],
    ])
  })

  it.each([
    ['a-abcd1', ['abcd1111']],
    ['abcd1111', ['abcd1111']],
    ['A-FFFF3', []],
    ['a-FFFF3', ['ffff3333']],
    ['abcd', ['abcd1111', 'abcd2222']],
    ['a-abc', []],
    ['a-', []],
    ['', []],
  ])('%j means %j', (name, ids) => {
    expect(actionsNamed(name, actions).map(each => each.actionId)).toEqual(ids)
  })
})

describe('an answer', () => {
  it.each([
    ['approve', { kind: 'approved', by: 'ana' }, true],
    ['approve', { kind: 'rejected', by: 'nobody' }, false],
    ['reject', { kind: 'rejected', by: 'ana' }, true],
    ['reject', { kind: 'rejected', by: 'nobody' }, false],
    ['reject', { kind: 'attempted' }, false],
  ] as const)('to %s that is %j counts as obeyed: %s', (kind, event, obeyed) => {
    expect(hasObeyed(kind, told('abcd1111', event))).toBe(obeyed)
  })
})

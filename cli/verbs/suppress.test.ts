import { describe, expect, it } from 'vitest'
import { rehearsal } from '../../services/case-builder/rehearsal.ts'
import { someAlert } from '../explain/some-events.ts'
import { UsageError } from '../verb.ts'
import { endFrom, suppress, suppressionsIn } from './suppress.ts'

const now = Date.parse('2026-11-20T10:00:00Z')
const hour = 3_600_000
const io = { out: () => {}, err: () => {}, env: {} }

describe('when a suppression ends', () => {
  it.each([
    [{ for: '30m' }, now + hour / 2],
    [{ for: '7d' }, now + 7 * 24 * hour],
    [{ for: '2w' }, now + 14 * 24 * hour],
    [{ until: '2026-11-20T12:00:00Z' }, now + 2 * hour],
  ])('%j', (flags, end) => {
    expect(endFrom(flags, now)).toBe(end)
  })

  it.each([
    [{}],
    [{ for: '7' }],
    [{ for: '0d' }],
    [{ for: 'ever' }],
    [{ until: 'soon' }],
    [{ for: '1d', until: '2027-01-01' }],
  ])('is refused as %j', flags => {
    expect(() => endFrom(flags, now)).toThrow(UsageError)
  })

  it('must not have passed', () => {
    expect(() => endFrom({ until: '2026-11-20T09:00:00Z' }, now)).toThrow('has passed')
  })
})

describe('what is asked', () => {
  it.each([
    ['no condition', ['add'], { reason: 'r', for: '1d' }, 'WHEN is missing'],
    ['a condition that does not compile', ['add', 'alert.sauce == 1'], { reason: 'r', for: '1d' }, 'WHEN, at 6'],
    ['no reason', ['add', 'true'], { for: '1d' }, '--reason is missing'],
    ['no end', ['add', 'true'], { reason: 'r' }, 'either --until TIME or --for 7d'],
    ['no id', ['end'], { reason: 'r' }, 'ID is missing'],
    ['an unknown word', ['stop', 'x'], {}, 'say add, list or end'],
  ])('is refused before anything is asked, with %s', async (_what, words, flags, says) => {
    await expect(suppress.run(words, flags, io)).rejects.toThrow(says)
  })
})

describe('the suppressions', () => {
  it('are told from the record, with how many alerts each kept out', () => {
    const play = rehearsal()
    const { at, domain, tenant } = someAlert({ offset: 0 })
    const head = {
      ...{ causeId: 'c', rawId: null, domain, tenant, tlp: 'AMBER', pap: 'AMBER', eventTime: at, at, processTime: at },
      ...{ seq: null, rulesetHash: null, attempt: 0 },
    }
    const by = { actor: 'ana', roles: ['analyst'] }
    const add = (id: string, when: string, forMs: number) => {
      const addSuppression = { when, reason: 'r', expiresAt: head.at + forMs }
      return { ...head, ...by, id, kind: 'add-suppression' as const, addSuppression }
    }
    const endSuppression = { suppressionId: 's2', reason: 'done' }
    play.play(
      ...[add('s1', 'true', hour), add('s2', 'false', 3 * hour), add('s3', 'false', 3 * hour)],
      ...[someAlert({ offset: 1 }), someAlert({ offset: 2 })],
      { ...head, ...by, id: 'e', kind: 'end-suppression', endSuppression },
    )
    const told = suppressionsIn(play.events(), head.at + 2 * hour)
    expect(told.map(({ suppressionId, state, alerts, by }) => [suppressionId, state, alerts, by])).toEqual([
      ['s1', 'expired', 2, 'ana'],
      ['s2', 'ended', 0, 'ana'],
      ['s3', 'live', 0, 'ana'],
    ])
  })
})

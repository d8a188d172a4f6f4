import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type StartedApi, startedApi, startedAt } from './started-api.ts'

let api: StartedApi
beforeEach(async () => {
  api = await startedApi()
})
afterEach(async () => {
  await api.close()
  expect(api.failures).toEqual([])
})

const year = 365 * 24 * 60 * 60 * 1000
const add = {
  ...{ kind: 'add-suppression', when: 'alert.source == "wazuh"', reason: 'a scanner of ours' },
  expiresAt: startedAt + year,
}

describe('commands on suppressions', () => {
  it.each([
    [
      'add-suppression',
      add,
      { addSuppression: { when: add.when, reason: 'a scanner of ours', expiresAt: startedAt + year } },
    ],
    [
      'end-suppression',
      { kind: 'end-suppression', suppressionId: 's1', reason: 'gone' },
      { endSuppression: { suppressionId: 's1', reason: 'gone' } },
    ],
  ])('%s is recorded under the name and the tenant of the key', async (kind, body, draft) => {
    const response = await api.send('POST', '/v1/commands', body, { role: 'analyst' })
    expect(response.status).toBe(202)
    expect(api.producer.events).toMatchObject([
      { topic: 'commands', draft: { kind, ...draft, actor: 'the-analyst', tenant: 'acme', domain: 'acme' } },
    ])
  })

  it.each([
    ['a condition that does not compile', { ...add, when: 'alert.source = "x"' }, 'Unexpected character'],
    ['an unknown field', { ...add, when: 'alert.sauce == "x"' }, "at 6: unknown field 'alert.sauce'"],
    ['what is no condition', { ...add, when: 'alert.source' }, 'true or false'],
    ['a condition that is too long', { ...add, when: ' '.repeat(2001) }, 'at most 2000'],
    ['an end that has passed', { ...add, expiresAt: startedAt }, 'expiresAt: has passed'],
    ['an end in two years', { ...add, expiresAt: startedAt + 2 * year }, 'more than a year'],
    ['no end', { ...add, expiresAt: undefined }, 'expiresAt'],
    ['no reason', { ...add, reason: ' ' }, 'reason'],
    ['an end of nothing', { kind: 'end-suppression', reason: 'gone' }, 'suppressionId'],
  ])('is answered 400 with the cause for %s', async (_what, body, says) => {
    const response = await api.send('POST', '/v1/commands', body, { role: 'analyst' })
    expect([response.status, await response.json()]).toMatchObject([400, { message: expect.stringContaining(says) }])
    expect(api.producer.events).toEqual([])
  })
})

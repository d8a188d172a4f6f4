import { describe, expect, it } from 'vitest'
import { topics } from '../../schemas/catalogue.ts'
import { type Chain, embeddedChain } from '../../test/chain/embedded-chain.ts'
import { linked, opened, someAlert, someCase } from '../explain/some-events.ts'
import { awaitAnswer } from './await-answer.ts'
import { latestCases } from './read-latest.ts'

const before = opened({ ...someAlert({ offset: 0 }), id: 'command' })
const other = linked(someAlert({ offset: 1 }))
const answer = { ...opened(someAlert({ offset: 2 })), causeId: 'command', id: 'the answer' }

const put = (chain: Chain, event: object) =>
  chain.put(topics.caseEvents, 'acme#x', chain.codec.encode(topics.caseEvents, event))

describe('the answer to a command', () => {
  it('is the first event that it caused, of those that came after it was sent', async () => {
    const chain = await embeddedChain()
    await put(chain, before)
    const found = awaitAnswer(chain, topics.caseEvents, async () => {
      await put(chain, other)
      await put(chain, answer)
      return 'command'
    })
    expect(await found).toMatchObject({ id: 'the answer' })
  })

  it('is undefined where none comes in time', async () => {
    const chain = await embeddedChain()
    await put(chain, before)
    expect(await awaitAnswer(chain, topics.caseEvents, async () => 'command', 1)).toBeUndefined()
  })
})

describe('a compacted topic', () => {
  it('is read as the latest of each key, without what a tombstone took away', async () => {
    const chain = await embeddedChain()
    const { caseId: _, case: __, ...envelope } = before
    const value = (number: number) =>
      chain.codec.encode(topics.cases, { ...envelope, kind: 'case', case: { summary: someCase({ number }) } })
    await chain.put(topics.cases, 'acme#a', value(1))
    await chain.put(topics.cases, 'acme#b', value(2))
    await chain.put(topics.cases, 'acme#a', value(3))
    await chain.put(topics.cases, 'acme#b', null)
    expect((await latestCases(chain)).map(each => each.case.summary.number)).toEqual([3])
  })
})

import { describe, expect, it } from 'vitest'
import { states, topics } from '../../schemas/catalogue.ts'
import type { FoldState } from '../../schemas/generated/types.ts'
import { embeddedChain } from '../../test/chain/embedded-chain.ts'
import type { Codec } from '../codec.ts'
import { deciding } from '../decision.ts'
import { memoryLog } from '../memory/memory-log.ts'
import { service, stage } from '../stage.ts'
import { type Observer, silent } from './observer.ts'
import { startService } from './running-service.ts'

/** Numbers what it is given, from its state: a repeat, a loss and a state that is lost all show. */
const numbering = service('case-builder', {
  fold: stage({
    reads: { raw: topics.alertsRaw },
    remembers: states.caseBuilderFold,
    writes: [topics.caseEvents],
    on: {
      raw: state => {
        const d = deciding<FoldState>(state)
        const seq = (d.get('domain', 'default')?.seq ?? 0) + 1
        d.put('domain', 'default', { seq, cases: 0 })
        const noted = { input: 'alert', reason: '' } as const
        d.emit(topics.caseEvents, 'default#', { kind: 'noted', noted, caseId: null, case: null, seq })
        return d.decision()
      },
    },
  }),
})

async function chainOf(one: {
  readonly observer: Partial<Observer>
  readonly clock?: () => number
  readonly codec?: (codec: Codec) => Codec
  readonly before?: readonly string[]
}) {
  const chain = await embeddedChain({ partitions: 1 })
  await chain.send(...(one.before ?? []))
  await startService(numbering, {
    log: memoryLog(chain.cluster, { clientId: 'a' }),
    codec: one.codec?.(chain.codec) ?? chain.codec,
    prefix: chain.prefix,
    clock: one.clock ?? (() => 1_000),
    observer: { ...silent, ...one.observer },
  })
  return { chain, seqs: async () => (await chain.all(topics.caseEvents)).map(each => each.seq) }
}

describe('a task', () => {
  it('goes on with its state where nothing was committed in between, and restores it where something failed', async () => {
    const restored: number[] = []
    let failures = 0
    const { chain, seqs } = await chainOf({
      observer: { restored: (_stage, _partition, entries) => restored.push(entries) },
      codec: codec => ({
        ...codec,
        async learn(values) {
          if (failures > 0 && failures--) throw new Error('the registry is away')
          await codec.learn(values)
        },
      }),
    })
    await chain.send('a', 'b', 'c')
    await chain.settled()
    failures = 1
    await chain.send('d')
    await chain.settled()
    expect(failures).toBe(0)
    expect(restored).toEqual([0])
    expect(await seqs()).toEqual([1, 2, 3, 4])
    chain.cluster.failNextCommit('t.case-builder.fold', 0)
    await chain.send('e')
    await chain.settled()
    expect(restored).toEqual([0, 1])
    expect(await seqs()).toEqual([1, 2, 3, 4, 5])
  })

  it('commits what has been decided after 2 s of deciding, however little it is', async () => {
    let now = 0
    const sizes: number[] = []
    const { chain, seqs } = await chainOf({
      // Every look at the clock takes half a second.
      clock: () => {
        now += 500
        return now
      },
      observer: { committed: (_stage, inputs) => sizes.push(inputs) },
      before: Array.from({ length: 200 }, (_, index) => String(index)),
    })
    await chain.settled()
    expect((await seqs()).length).toBe(200)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(3)
  })
})

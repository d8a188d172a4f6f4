import { expect, it } from 'vitest'
import { deciding } from '../../runtime/decision.ts'
import { service, stage } from '../../runtime/stage.ts'
import { states, topics } from '../../schemas/catalogue.ts'
import type { PullState } from '../../schemas/generated/types.ts'
import { embeddedChain } from './embedded-chain.ts'

it('gives two pages of one millisecond different ids', async () => {
  const chain = await embeddedChain()
  let pages = 0
  const indicator = {
    type: 'ip',
    scope: 'shared',
    source: 's',
    uuid: 'u',
    mispType: 'ip-dst',
    eventUuid: '',
    eventInfo: '',
    orgc: '',
    toIds: true,
    tags: [],
    comment: '',
    timestamp: 0,
  }
  const puller = service('misp-sync', {
    pull: stage<Record<string, never>, PullState, never, string>({
      reads: {},
      remembers: states.mispPull,
      writes: [topics.indicators],
      on: {},
      polls: {
        everyMs: 3_600_000,
        async poll() {
          pages += 1
          return { page: `203.0.113.${pages}`, more: pages < 4 }
        },
        fold(state, value, { now }) {
          const d = deciding(state)
          d.emit(topics.indicators, `ip|${value}|shared|s|u`, {
            kind: 'indicator',
            indicator: { ...indicator, value },
          })
          d.put('cursor', 's', { cursor: value, at: now })
          return d.decision()
        },
      },
    }),
  })
  await chain.start(puller)
  await expect.poll(async () => (await chain.all(topics.indicators)).length).toBe(4)
  expect(new Set((await chain.all(topics.indicators)).map(each => each.id)).size).toBe(4)
})

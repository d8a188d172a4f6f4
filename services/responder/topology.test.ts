import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { fakeNotifier } from '../../adapters/notify/fake.ts'
import type { Notifier } from '../../adapters/notify/notifier.ts'
import { topics } from '../../schemas/catalogue.ts'
import type { Topic } from '../../schemas/topic.ts'
import { type Chain, embeddedChain } from '../../test/chain/embedded-chain.ts'
import { loadPlaybooks } from './playbook/load.ts'
import { noon, said, verdictChanged } from './rehearsal.ts'
import type { Target } from './targets.ts'
import { responder } from './topology.ts'

const soc: Target = {
  ...{ type: 'notify.webhook', name: 'soc', url: 'https://chat.example', token: null, maxTlp: 'GREEN', link: null },
}

function playbooks(approval: string) {
  const step = `{ action: notify.webhook, target: soc${approval} }`
  const text = `name: p\nmode: live\nrules: [{ name: r, when: case.score >= 5, do: [${step}] }]`
  return loadPlaybooks([{ path: 'p.yaml', text }], [soc])
}

const live = playbooks('')
const asking = playbooks(', approval: required')

async function chainAt(time: number): Promise<Chain> {
  const chain = await embeddedChain()
  chain.at(time)
  return chain
}

function put(chain: Chain, topic: Topic, event: { readonly id: string; readonly domain: string }): Promise<void> {
  return chain.put(topic, `${event.domain}#${event.id}`, chain.codec.encode(topic, event as never))
}

/** The record as far as it goes, once it holds all that is asked for. */
async function told(chain: Chain, kind: string) {
  for (;;) {
    const records = await chain.all(topics.responses)
    if (records.some(each => each.kind === kind)) return records
    await setImmediate()
  }
}

describe('the responder on the memory twin', () => {
  it('plans, attempts and confirms, in one gapless record', async () => {
    const chain = await chainAt(noon)
    const notifier = fakeNotifier()
    const running = await chain.start(responder(live, notifier))
    await put(chain, topics.caseEvents, verdictChanged())
    const records = await told(chain, 'done')
    expect(records.map(each => [each.seq, each.kind])).toEqual([
      [1, 'planned'],
      [2, 'attempted'],
      [3, 'done'],
    ])
    expect(new Set(records.map(each => each.action?.actionId)).size).toBe(1)
    expect(records.every(each => each.rulesetHash === live.hash)).toBe(true)
    expect(notifier.received).toHaveLength(1)
    await running.drain()
  })
  it('keeps an approval that is asked for over a restart: approval-survives-restart', async () => {
    const chain = await chainAt(noon)
    const notifier = fakeNotifier()
    const first = await chain.start(responder(asking, notifier), 'responder-1')
    await put(chain, topics.caseEvents, verdictChanged())
    const asked = await told(chain, 'awaiting')
    expect(notifier.received).toHaveLength(0)
    await first.drain()
    const second = await chain.start(responder(asking, notifier), 'responder-2')
    await put(chain, topics.commands, said('approve', asked[0]?.action?.actionId ?? ''))
    const records = await told(chain, 'done')
    expect(records.map(each => each.kind)).toEqual(['planned', 'awaiting', 'approved', 'attempted', 'done'])
    expect(records.map(each => each.seq)).toEqual([1, 2, 3, 4, 5])
    expect(notifier.received).toHaveLength(1)
    await second.drain()
  })
  it('never makes a call again whose outcome it does not know', async () => {
    const chain = await chainAt(noon)
    let calls = 0
    const silent: Notifier = {
      send() {
        calls += 1
        return new Promise(() => undefined)
      },
    }
    await chain.start(responder(live, silent), 'responder-1')
    await put(chain, topics.caseEvents, verdictChanged())
    await told(chain, 'attempted')
    chain.cluster.kill('responder-1')
    const notifier = fakeNotifier()
    const second = await chain.start(responder(live, notifier), 'responder-2')
    const records = await told(chain, 'unknown')
    expect(records.map(each => each.kind)).toEqual(['planned', 'attempted', 'unknown'])
    expect([calls, notifier.received.length]).toEqual([1, 0])
    await second.drain()
  })
  it('tells the expiry of an approval on the tick, under its own domain', async () => {
    const chain = await chainAt(noon)
    const running = await chain.start(responder(asking, fakeNotifier()))
    await put(chain, topics.caseEvents, verdictChanged())
    await told(chain, 'awaiting')
    chain.at(noon + 4 * 60 * 60_000)
    await running.tick()
    const records = await told(chain, 'rejected')
    expect(records.at(-1)).toMatchObject({
      kind: 'rejected',
      domain: 'acme',
      tenant: 'acme',
      seq: 3,
      rejected: { by: 'nobody' },
    })
    await running.drain()
  })
})

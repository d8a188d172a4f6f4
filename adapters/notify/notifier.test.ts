import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CountingReceiver, countingReceiver } from './counting-receiver.ts'
import { fakeNotifier } from './fake.ts'
import { type NotifierUnderTest, notice, notifierContract } from './notifier.contract.ts'
import type { TelegramTarget, WebhookTarget } from './notifier.ts'
import { notifierFor } from './route.ts'
import { telegram } from './telegram.ts'
import { webhook } from './webhook.ts'

const token = '123456:not-a-real-token'
const never = new AbortController().signal
const soc = (url: string): WebhookTarget => ({ type: 'notify.webhook', name: 'soc', url, token })
const bot = (url: string): TelegramTarget => ({ type: 'notify.telegram', name: 'soc', url, chat: '-100', token })

async function over(make: (url: string) => NotifierUnderTest['notifier'], accepts: string): Promise<NotifierUnderTest> {
  const receiver = await countingReceiver()
  receiver.answer({ status: 200, body: accepts })
  return {
    notifier: make(receiver.url),
    received: () => receiver.calls.map(each => (each.body as { text: string }).text),
    async behave(as) {
      if (as === 'unreachable') await receiver.close()
      else if (as === 'hangs-up') receiver.answer('hang-up')
      else if (as === 'refuses')
        receiver.answer({ status: 400, body: '{"ok":false,"description":"Bad Request: chat not found"}' })
    },
    close: () => receiver.close(),
  }
}

notifierContract('webhook', () => over(url => webhook(soc(url)), 'ok'))
notifierContract('telegram', () => over(url => telegram(bot(url)), '{"ok":true,"result":{"message_id":1}}'))
notifierContract('fake', async () => {
  const fake = fakeNotifier()
  return {
    notifier: fake,
    received: () => fake.received.map(each => each.text),
    behave: async as => fake.behave(as),
    close: async () => undefined,
  }
})

describe('the wire', () => {
  let receiver: CountingReceiver
  beforeEach(async () => {
    receiver = await countingReceiver()
  })
  afterEach(() => receiver.close())

  it('carries the action id as Idempotency-Key, so that a receiver can count', async () => {
    await webhook(soc(receiver.url)).send(notice, never)
    await webhook(soc(receiver.url)).send(notice, never)
    expect([...receiver.counts()]).toEqual([[notice.actionId, 2]])
    expect(receiver.calls[0]).toMatchObject({
      authorization: `Bearer ${token}`,
      body: { actionId: notice.actionId, text: notice.text, case: 12 },
    })
  })
  it.each([
    [204, 'done'],
    [301, 'failed'],
    [404, 'failed'],
    [429, 'failed'],
    [500, 'unknown'],
    [503, 'unknown'],
  ] as const)('takes a %d for %s', async (status, result) => {
    receiver.answer({ status, headers: { location: '/elsewhere' } })
    expect((await webhook(soc(receiver.url)).send(notice, never)).result).toBe(result)
    expect(receiver.calls.map(each => each.path)).toEqual(['/'])
  })
  it('does not know the outcome where no answer comes in time', async () => {
    receiver.answer('silence')
    expect((await webhook(soc(receiver.url), 200).send(notice, never)).result).toBe('unknown')
  })
  it('speaks to the Bot API in plain text', async () => {
    receiver.answer({ status: 200, body: '{"ok":true}' })
    await telegram(bot(receiver.url)).send(notice, never)
    expect(receiver.calls).toMatchObject([
      { path: `/bot${token}/sendMessage`, body: { chat_id: '-100', text: notice.text } },
    ])
  })
  it.each([
    [200, '{"ok":false,"description":"blocked"}', 'failed'],
    [200, '<html>a captive portal</html>', 'unknown'],
    [401, `{"ok":false,"description":"no bot ${token}"}`, 'failed'],
    [502, 'bad gateway', 'unknown'],
  ] as const)('reads a %d with %s from the Bot API, and never tells the token', async (status, body, result) => {
    receiver.answer({ status, body })
    const sent = await telegram(bot(receiver.url)).send(notice, never)
    expect(sent.result).toBe(result)
    expect(JSON.stringify(sent)).not.toContain(token)
  })
  it.each(['accepts', 'refuses', 'hangs-up', 'unreachable'] as const)('never tells a URL or a token: %s', async as => {
    const under = await over(url => telegram(bot(url)), 'ok')
    await under.behave(as)
    const told = JSON.stringify(await under.notifier.send(notice, never))
    await under.close()
    expect(told).not.toContain(token)
    expect(told).not.toContain('127.0.0.1')
  })
})

describe('the route', () => {
  it('sends a notice to the target that it names, and to no other', async () => {
    const [one, other] = [await countingReceiver(), await countingReceiver()]
    const notifier = notifierFor([soc(one.url), { ...soc(other.url), name: 'duty' }])
    expect((await notifier.send({ ...notice, target: 'duty' }, never)).result).toBe('done')
    expect([one.calls.length, other.calls.length]).toEqual([0, 1])
    await Promise.all([one.close(), other.close()])
  })
  it.each([
    ['a target that is gone', { target: 'gone' }],
    ['a target of another type', { type: 'notify.telegram' }],
  ])('fails for %s without a call', async (_what, changed) => {
    const receiver = await countingReceiver()
    const sent = await notifierFor([soc(receiver.url)]).send({ ...notice, ...changed }, never)
    expect([sent.result, receiver.calls.length]).toEqual(['failed', 0])
    await receiver.close()
  })
})

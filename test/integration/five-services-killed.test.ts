import { afterEach, describe, expect, it } from 'vitest'
import { writeFakeFeed } from '../../adapters/misp/fake-feed.ts'
import type { FakeEvent } from '../../adapters/misp/fake-misp.ts'
import { type CountingReceiver, countingReceiver } from '../../adapters/notify/counting-receiver.ts'
import { readAll, readLedger } from '../../cli/ledger/read-ledger.ts'
import { seededRandom } from '../../runtime/memory/random.ts'
import { topics } from '../../schemas/catalogue.ts'
import { endOf, livesOf } from './action-lives.ts'
import { gaps, repeatedIds, valuesOf } from './evidence.ts'
import { atRandomWithin, type Moment, sendWhile } from './flow.ts'
import { type Folder, folderWith } from './folder.ts'
import { type RealChain, startRealChain } from './real-chain.ts'
import { stubNeuron } from './stub-neuron.ts'
import { until, untilNothingMissing } from './until.ts'

const seed = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000)
const alerts = 2000
const addresses = 150
const numbers = Array.from({ length: addresses }, (_, number) => number)
const analyzers = 3

/** Alerts of one address come one after another, so that new cases are opened from the first alert to the last. */
const numberOf = (n: number) => Math.floor((n * addresses) / alerts)
const addressOf = (number: number) => `198.51.100.${1 + number}`
const isBlocked = (number: number) => number % 6 === 5
const isCritical = (number: number) => number % 36 === 35
const inFeedFromStart = [2, 8]
const inFeedLater = [14, 20]

const alertOf = (n: number) => ({
  ...{ type: 'siem', source: 'probe', sourceRef: `r-${n}`, title: `alert ${n}`, description: 'd', tlp: 1 },
  severity: isCritical(numberOf(n)) ? 4 : 2,
  artifacts: [{ dataType: 'ip', data: addressOf(numberOf(n)), tags: ['src'] }],
})

const eventOf = (index: number, held: readonly number[]): FakeEvent => {
  const now = Math.floor(Date.now() / 1000)
  return {
    ...{ uuid: `00000000-0000-4000-8000-00000000000${index}`, info: `event ${index}`, orgc: 'a test' },
    ...{ timestamp: now, publishTimestamp: now, published: true },
    attributes: held.map(number => ({
      uuid: `00000000-0000-4000-9000-${String(number).padStart(12, '0')}`,
      ...{ type: 'ip-src', value: addressOf(number), timestamp: now, to_ids: true },
    })),
  }
}

const playbook = `name: notices
mode: live
rules:
  - name: tell
    when: case.verdict == 'malicious' && case.severity != 'critical'
    do: [{ action: notify.webhook, target: soc }]
  - name: ask
    when: case.verdict == 'malicious' && case.severity == 'critical'
    do: [{ action: notify.webhook, target: lead, approval: required }]
`

describe('the five services', () => {
  let chain: RealChain | undefined
  let folder: Folder | undefined
  let receiver: CountingReceiver | undefined
  afterEach(async () => {
    await chain?.stop()
    await receiver?.close()
    await folder?.remove()
  })

  async function started(): Promise<{ chain: RealChain; folder: Folder; receiver: CountingReceiver }> {
    const webhooks = await countingReceiver()
    receiver = webhooks
    const files = await folderWith(path => ({
      ...stubNeuron(`${path}/starts`),
      'analyzers.yaml': `analyzers:
  - { use: LocalLists_1_0, egress: none, parallel: 4, config: { blocklists: ["${path}/block.txt"] } }
  - { use: MispWarninglists_1_0, egress: none, parallel: 4 }
  - { use: Stub_1_0, egress: passive, parallel: 4 }
`,
      'block.txt': numbers.filter(isBlocked).map(addressOf).join('\n'),
      'indicators.yaml': 'sources: [{ name: feed, feed: ./feed }]\n',
      'targets.yaml': `targets:
  - { name: soc, type: notify.webhook, url: "${webhooks.url}/soc" }
  - { name: lead, type: notify.webhook, url: "${webhooks.url}/lead" }
`,
      'playbooks/notices.yaml': playbook,
    }))
    folder = files
    await writeFakeFeed(`${files.path}/feed`, [eventOf(1, inFeedFromStart)])
    const running = await startRealChain({
      env: {
        VIGIA_ANALYZERS: `${files.path}/analyzers.yaml`,
        VIGIA_NEURONS: `${files.path}/neurons`,
        VIGIA_INDICATORS: `${files.path}/indicators.yaml`,
        VIGIA_PULL_EVERY_S: '1',
        VIGIA_TARGETS: `${files.path}/targets.yaml`,
        VIGIA_PLAYBOOKS: `${files.path}/playbooks`,
        // Where jobs lie: a dispatcher that is killed leaves the ones in hand.
        TMPDIR: files.path,
      },
    })
    chain = running
    return { chain: running, folder: files, receiver: webhooks }
  }

  it('account for every part once, each killed once while 2,000 alerts flow', { timeout: 400_000 }, async () => {
    console.log(`seed ${seed} (TEST_SEED=${seed} does it again)`)
    const random = seededRandom(seed)
    const { chain, folder, receiver } = await started()
    const kills = (['ingest', 'case-builder', 'analyzer-dispatcher', 'misp-sync'] as const).map((name): Moment => {
      const waits = random.below(500)
      const act = () => atRandomWithin(waits, () => chain.kill(name))
      return { after: 150 + random.below(alerts - 400), what: `SIGKILL of ${name} in ${waits} ms`, act }
    })
    const moments: Moment[] = [
      ...kills,
      {
        after: 300 + random.below(alerts / 2),
        what: 'SIGKILL of responder in the middle of its next call',
        async act() {
          receiver.answer('silence')
          const before = receiver.calls.length
          await until('call of the responder', () => (receiver.calls.length > before ? true : undefined), 120_000, 20)
          // That call gets no answer any more; those that the next process makes do.
          receiver.answer({ status: 200 })
          await chain.kill('responder')
        },
      },
      {
        after: alerts / 2,
        what: 'the feed gets an event more, of addresses that misp-sync has seen',
        async act() {
          await until('sight of the addresses', () => areJoined(chain, inFeedLater.map(addressOf)), 120_000)
          await writeFakeFeed(`${folder.path}/feed`, [eventOf(1, inFeedFromStart), eventOf(2, inFeedLater)])
        },
      },
    ]
    await sendWhile(
      chain,
      Array.from({ length: alerts }, (_, n) => alertOf(n)),
      moments,
    )
    console.log('all is sent, each was killed')
    await untilNothingMissing(() => missing(chain), 180_000)

    const awaiting = livesOf(await valuesOf(chain, topics.responses)).filter(life => endOf(life) === 'awaiting')
    expect(awaiting.length).toBeGreaterThan(2)
    const [yes, no] = awaiting.map(life => life.action.actionId)
    for (const [kind, actionId] of [
      ['approve', yes],
      ['reject', no],
    ])
      expect((await chain.command({ kind, actionId })).status).toBe(202)
    const answered = (actionId: string | undefined) => async () => {
      const life = livesOf(await valuesOf(chain, topics.responses)).find(each => each.action.actionId === actionId)
      const end = life === undefined ? '' : endOf(life)
      return end === 'awaiting' || end.startsWith('under way') ? undefined : end
    }
    expect(await until('outcome of the approval', answered(yes))).toBe('done')
    expect(await until('outcome of the rejection', answered(no))).toBe('rejected')
    await untilNothingMissing(() => missing(chain), 60_000)
    await check(chain, receiver)
  })

  async function check(chain: RealChain, receiver: CountingReceiver): Promise<void> {
    const { parts: _, ...ledger } = await readLedger(chain.log, chain.codec, chain.prefix)
    console.log(JSON.stringify(ledger))
    expect(ledger).toMatchObject({
      ...{ raw: alerts, linked: alerts, duplicate: 0, suppressed: 0, rejected: 0, pending: 0, unaccounted: 0 },
      ...{ repeated: [], balanced: true },
    })
    expect(await repeatedIds(chain)).toEqual([])
    expect(await gaps(chain, topics.caseEvents)).toEqual([])
    expect(await gaps(chain, topics.responses)).toEqual([])
    expect(await valuesOf(chain, topics.dlq)).toEqual([])

    const results = await valuesOf(chain, topics.analysisResults)
    const reports = results.flatMap(each => (each.kind === 'report' ? [each.report.jobId] : []))
    expect(reports).toHaveLength(addresses * analyzers)
    expect(new Set(reports).size).toBe(reports.length)
    const matches = results.flatMap(each => (each.kind === 'match' ? [each.match] : []))
    expect(matches.map(each => each.value).sort()).toEqual([...inFeedFromStart, ...inFeedLater].map(addressOf).sort())
    const retro = matches.filter(each => each.retro).map(each => each.value)
    expect(retro).toEqual(expect.arrayContaining(inFeedLater.map(addressOf)))

    const lives = livesOf(await valuesOf(chain, topics.responses))
    const ends = lives.map(life => ({ id: life.action.actionId, end: endOf(life) }))
    console.log(
      JSON.stringify(
        Object.groupBy(ends, each => each.end),
        (_key, value) => (Array.isArray(value) ? value.length : value),
      ),
    )
    const counts = receiver.counts()
    for (const { id, end } of ends) {
      const calls = counts.get(id) ?? 0
      if (end === 'done') expect(calls, id).toBe(1)
      else if (end === 'unknown') expect(calls, id).toBeLessThanOrEqual(1)
      else
        expect({ id, end, calls }).toEqual({
          id,
          end: expect.stringMatching(/^(awaiting|rejected|digested)$/),
          calls: 0,
        })
    }
    expect([...counts.keys()].filter(id => !ends.some(each => each.id === id))).toEqual([])
    // The one that was under way when responder was killed.
    expect(ends.filter(each => each.end === 'unknown')).toHaveLength(1)
  }
})

/** Whether the join has these observables behind it: what it meets of them now, comes after them. */
async function areJoined({ log, codec, prefix }: RealChain, values: readonly string[]): Promise<true | undefined> {
  const joined = await log.committed(`${prefix}misp-sync.join`, prefix + topics.observables.name)
  const seen = (await readAll(log, codec, prefix, topics.observables)).filter(
    ({ value, partition, offset }) =>
      value.kind === 'observable' &&
      values.includes(value.observable.value) &&
      offset < (joined.get(partition)?.offset ?? 0),
  )
  return seen.length === values.length ? true : undefined
}

/** What has not come to its end: nothing, when each input of each stage has led to what it must lead to. */
async function missing(chain: RealChain): Promise<readonly string[]> {
  const ledger = await readLedger(chain.log, chain.codec, chain.prefix)
  if (ledger.raw < alerts || ledger.pending > 0) return [`${ledger.pending} pending of ${ledger.raw}`]
  const results = await valuesOf(chain, topics.analysisResults)
  const caseEvents = await valuesOf(chain, topics.caseEvents)
  const responses = await valuesOf(chain, topics.responses)
  const outcomes = await valuesOf(chain, topics.responderOutcomes)
  const commands = await valuesOf(chain, topics.commands)
  const told = results.filter(each => each.kind === 'report' || each.kind === 'failure').length
  const matches = results.filter(each => each.kind === 'match').length
  const folded = new Set(caseEvents.map(each => each.causeId))
  const answered = new Set(responses.map(each => each.causeId))
  const under = livesOf(responses).filter(life => endOf(life).startsWith('under way'))
  const counts = {
    analyses: addresses * analyzers - told,
    matches: inFeedFromStart.length + inFeedLater.length - matches,
    'results to fold': results.filter(each => !folded.has(each.id)).length,
    'case-events to answer': caseEvents.filter(each => !answered.has(each.id)).length,
    'outcomes to tell': outcomes.filter(each => !answered.has(each.id)).length,
    'commands to obey': commands.filter(each => !answered.has(each.id)).length,
    'actions under way': under.length,
  }
  return Object.entries(counts).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []))
}

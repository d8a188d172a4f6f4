import { afterEach, describe, expect, inject, it } from 'vitest'
import { readLedger } from '../../cli/ledger/read-ledger.ts'
import { partitionOf } from '../../core/murmur2.ts'
import { seededRandom } from '../../runtime/memory/random.ts'
import { topics } from '../../schemas/catalogue.ts'
import { gaps, kindsByRegistry, repeatedIds } from './evidence.ts'
import { atRandomWithin, sendWhile } from './flow.ts'
import { type Folder, folderWith } from './folder.ts'
import { type RealChain, startRealChain } from './real-chain.ts'
import { untilNothingMissing } from './until.ts'

const seed = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000)
const alerts = 2000
const resends = 100

/** One tenant in each of three partitions, so that both instances of case-builder have work. */
const tenants = [0, 3, 5].map(wanted => {
  const names = Array.from({ length: 200 }, (_, index) => `tenant-${index}`)
  return names.find(name => partitionOf(name, topics.alerts.partitions) === wanted) ?? ''
})

const sources = `sources:
  thehive: { kind: thehive, tenant: ${tenants[0]} }
  suricata: { kind: suricata, tenant: ${tenants[1]} }
  generic: { kind: generic, tenant: ${tenants[2]} }
`

const addressOf = (n: number) => `198.51.100.${1 + (n % 150)}`
const shapes: readonly ((n: number) => object)[] = [
  n => ({
    ...{ type: 'siem', source: 'probe', sourceRef: `r-${n}`, title: `alert ${n}`, description: 'd', severity: 2 },
    artifacts: [{ dataType: 'ip', data: addressOf(n), tags: ['src'] }],
  }),
  n => ({
    ...{ timestamp: '2026-11-20T10:00:00.000000+0000', event_type: 'alert', flow_id: n },
    ...{ src_ip: addressOf(n), src_port: 1024 + n, dest_ip: '10.0.0.1', dest_port: 443, proto: 'TCP' },
    alert: { signature: `ET TEST ${n}`, signature_id: 2_000_000 + n, severity: 2, category: 'Misc' },
  }),
  n => ({ title: `event ${n}`, severity: 'high', 'source.ip': addressOf(n) }),
]
const alertOf = (n: number) => shapes[n % shapes.length]?.(n) ?? {}

describe('two instances of ingest and of case-builder', () => {
  let chain: RealChain | undefined
  let folder: Folder | undefined
  afterEach(async () => {
    await chain?.stop()
    await folder?.remove()
  })

  it('account for every alert once, each instance killed while 2,000 alerts flow', { timeout: 240_000 }, async () => {
    console.log(`seed ${seed} (TEST_SEED=${seed} does it again)`)
    const random = seededRandom(seed)
    folder = await folderWith(() => ({ 'sources.yaml': sources }))
    const running = await startRealChain({
      env: { VIGIA_SOURCES: `${folder.path}/sources.yaml` },
      instances: { ingest: 2, 'case-builder': 2, 'analyzer-dispatcher': 0, 'misp-sync': 0, responder: 0 },
    })
    chain = running
    const victims = (['ingest', 'case-builder'] as const).flatMap(name => [0, 1].map(instance => ({ name, instance })))
    const moments = victims.map(({ name, instance }) => {
      const waits = random.below(500)
      return {
        after: 100 + random.below(alerts - 300),
        what: `SIGKILL of ${name} ${instance} in ${waits} ms`,
        act: () => atRandomWithin(waits, () => running.kill(name, instance)),
      }
    })
    // Every now and then one that was sent before is sent again.
    const flow = Array.from({ length: alerts }, (_, n) => [
      alertOf(n),
      ...(n % (alerts / resends) === 0 ? [alertOf(random.below(n + 1))] : []),
    ])
    await sendWhile(running, flow.flat(), moments)

    await untilNothingMissing(async () => {
      const { raw, pending } = await readLedger(running.log, running.codec, running.prefix)
      return raw === alerts + resends && pending === 0 ? [] : [`${pending} pending of ${raw}`]
    }, 60_000)

    const ledger = await readLedger(running.log, running.codec, running.prefix)
    const { parts: _, ...numbers } = ledger
    console.log(JSON.stringify(numbers))
    expect(numbers).toMatchObject({
      raw: alerts + resends,
      linked: alerts,
      duplicate: resends,
      ...{ suppressed: 0, rejected: 0, pending: 0, unaccounted: 0, repeated: [], balanced: true, truncated: [] },
    })
    expect(await repeatedIds(running)).toEqual([])
    expect(await gaps(running, topics.caseEvents)).toEqual([])
    const registry = inject('registry')
    expect(await kindsByRegistry(running, registry, topics.alerts)).toEqual({ alert: alerts + resends })
    const kinds = await kindsByRegistry(running, registry, topics.caseEvents)
    console.log(JSON.stringify(kinds))
    expect(kinds).toMatchObject({ 'alert-linked': alerts, 'alert-repeated': resends })
  })
})

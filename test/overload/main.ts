import { randomUUID } from 'node:crypto'
import type { Chain } from '../../cli/up/chain.ts'
import { kafkaChain } from '../../cli/up/kafka-chain.ts'
import { messageOf } from '../../core/errors.ts'
import { accountsOf, behind, drained } from './accounts.ts'
import { bodies } from './bodies.ts'
import { countOf, sendFor } from './load.ts'
import { memoryVerdict, watchMemory } from './memory.ts'
import { type OverloadOptions, readOptions, usage } from './options.ts'
import { findSustainable } from './ramp.ts'
import { type Report, reportOf, tableOf } from './report.ts'

/**
 * Too much, on real brokers and real services: finds the rate that the intake sustains, sends at several times that rate,
 * waits for what was taken to be decided on, and asks the ledger.
 *
 *     node test/overload/main.ts --minutes 10 --times 5 --json
 *
 * Exits 0 when all held, 3 when something did not (which is said), 1 when the run itself failed, 2 for wrong usage.
 */
const began = Date.now()
const say = (line: string) => console.error(`${((Date.now() - began) / 1000).toFixed(1).padStart(7)} ${line}`)

let options: OverloadOptions
try {
  options = readOptions(process.argv.slice(2))
} catch (error) {
  console.error(`${messageOf(error)}\n\n${usage}`)
  process.exit(2)
}

try {
  const env = { ...process.env, VIGIA_PREFIX: `overload.${randomUUID().slice(0, 8)}.` }
  // Those that an alert meets on its way to its outcome.
  const instances = { 'analyzer-dispatcher': 0, 'misp-sync': 0, responder: 0 }
  const chain = await kafkaChain({ env: { VIGIA_LOG_LEVEL: 'warn' }, instances, progress: say }, env)
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void chain.stop().finally(() => process.exit(1)))
  try {
    const report = await Promise.race([run(chain), chain.failed])
    console.log(options.json ? JSON.stringify(report) : tableOf(report))
    process.exitCode = report.held ? 0 : 3
  } finally {
    await chain.stop()
  }
} catch (error) {
  console.error(error)
  process.exitCode = 1
}
process.exit()

async function run(chain: Chain): Promise<Report> {
  const load = { api: chain.api, key: chain.key, next: bodies(options.seed) }
  const stepSeconds = options.minutes < 1 ? 2 : 4
  const ramp =
    options.rate === null
      ? await findSustainable(load, stepSeconds, () => behind(chain), say)
      : { perSecond: options.rate, answers: [] }
  await drained(chain, say)
  const offered = Math.round(ramp.perSecond * options.times)
  say(`${ramp.perSecond}/s are sustainable; now ${offered}/s for ${options.minutes} minutes`)
  const watch = watchMemory(chain.metrics.ingest ?? '')
  const overload = await sendFor(load, offered, options.minutes * 60)
  watch.stop()
  say('waiting for what was taken')
  await drained(chain, say)
  const all = [...ramp.answers, overload]
  return reportOf(options, {
    sustainable: ramp.perSecond,
    overload,
    accepted: all.reduce((sum, answers) => sum + countOf(answers, '201', '202'), 0),
    memory: memoryVerdict(watch.samples, options.capBytes),
    accounts: await accountsOf(chain, all),
  })
}

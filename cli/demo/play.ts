import axios from 'axios'
import { topics } from '../../schemas/catalogue.ts'
import type { Chain } from '../up/chain.ts'
import type { DemoConfig } from './configuration.ts'
import { type Outcome, readOutcome } from './outcome.ts'
import { recordings } from './recordings.ts'

const patienceMs = 120_000

/** Sends the recordings, kills a service while it works, lets the feed tell something late, and waits until all is quiet. */
export async function play(chain: Chain, config: DemoConfig, progress: (line: string) => void): Promise<Outcome> {
  const { http, kafka } = recordings()
  const [first, ...rest] = http
  if (first !== undefined) await post(chain, first)
  for (const each of rest) await post(chain, each)
  progress(`sent ${http.length} recorded alerts by HTTP; one of them is a resend`)
  const half = kafka.length >> 1
  await append(chain, kafka.slice(0, half))
  progress('killing case-builder while it works')
  const reborn = chain.kill('case-builder')
  await append(chain, kafka.slice(half))
  progress(`sent ${kafka.length} records by Kafka (Suricata, ElastAlert2); one of them is malformed`)
  await reborn
  progress('case-builder is back')
  await until(
    chain,
    'every alert has its outcome',
    outcome => outcome.ledger.pending === 0 && outcome.analyses.open === 0,
    progress,
  )
  progress('the feed names a file that was in an alert before')
  await config.publishLate()
  return until(chain, 'the chain is quiet', isQuiet, progress)
}

function isQuiet(outcome: Outcome): boolean {
  const moving = outcome.responses.some(each => ['planned', 'approved', 'attempted'].includes(each.state))
  const has = (state: string) => outcome.responses.some(each => each.state === state)
  return (
    outcome.ledger.pending === 0 &&
    outcome.analyses.open === 0 &&
    outcome.retroMatches.length > 0 &&
    !moving &&
    has('done') &&
    has('awaiting')
  )
}

async function until(
  chain: Chain,
  what: string,
  holds: (outcome: Outcome) => boolean,
  progress: (line: string) => void,
): Promise<Outcome> {
  const end = Date.now() + patienceMs
  let said = ''
  for (;;) {
    const outcome = await readOutcome(chain.log, chain.codec, chain.prefix)
    if (holds(outcome)) return outcome
    const { ledger, analyses } = outcome
    const line = `waiting until ${what}: ${ledger.raw - ledger.pending}/${ledger.raw} alerts, ${analyses.run} analyses run, ${analyses.open} to go, responses ${outcome.responses.map(each => each.state).join(' ') || 'none'}, ${outcome.retroMatches.length} retro-matches`
    if (line !== said) progress(line)
    said = line
    if (Date.now() > end) throw new Error(`gave up after ${patienceMs / 1000} s: ${line}`)
    await new Promise(resolve => setTimeout(resolve, 700))
  }
}

async function post(chain: Chain, { path, body }: { readonly path: string; readonly body: object }): Promise<void> {
  await axios.post(chain.api + path, body, { headers: { authorization: `Bearer ${chain.key}` }, maxRedirects: 0 })
}

async function append(chain: Chain, values: readonly Buffer[]): Promise<void> {
  const topic = chain.prefix + topics.alertsRaw.name
  const partitions = (await chain.log.bounds(topic)).length
  await chain.log.append(values.map((value, index) => ({ topic, partition: index % partitions, key: null, value })))
}

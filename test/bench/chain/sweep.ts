import { parseArgs } from 'node:util'
import { findBrokers } from '../../../infra/local/find.ts'
import { figuresOf } from '../service/usage.ts'
import { measureChain } from './measure-chain.ts'

const usage = `usage: node test/bench/chain/sweep.ts [--rate 500,1000,2000] [--seconds 30] [--warm-up 10] [--http-one-in 10]
One line of JSON for each rate: how long an alert takes from when it is due to its case event.`

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '500,1000,2000' },
    seconds: { type: 'string', default: '30' },
    'warm-up': { type: 'string', default: '10' },
    'http-one-in': { type: 'string', default: '10' },
    help: { type: 'boolean', default: false },
  },
})
const rates = values.rate.split(',').map(Number)
const numbers = [Number(values.seconds), Number(values['warm-up']), Number(values['http-one-in'])] as const
if (values.help || ![...rates, ...numbers].every(each => Number.isFinite(each) && each >= 0)) {
  console.error(usage)
  process.exit(values.help ? 0 : 2)
}
const found = await findBrokers(process.env, { log: line => console.error(line) })
try {
  for (const perSecond of rates) {
    const [seconds, warmUpSeconds, httpOneIn] = numbers
    const prefix = `sweep.${Date.now().toString(36)}.`
    const { brokers, registry } = found
    const { figures, loads } = await measureChain({
      ...{ brokers, registry, prefix, perSecond, seconds, warmUpSeconds, httpOneIn },
    })
    console.log(JSON.stringify({ rate: perSecond, ...figures, ...figuresOf(loads) }))
  }
} finally {
  await found.stop()
}
process.exit(0)

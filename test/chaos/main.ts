import { messageOf } from '../../core/errors.ts'
import { allFaults } from './faults/all.ts'
import { runChaos } from './run/chaos.ts'
import { invariantsOf } from './run/invariants.ts'
import { type ChaosOptions, readOptions, usageOf, zombieLane } from './run/options.ts'
import { reportOf, tableOf } from './run/summary.ts'

/**
 * The chaos harness: real brokers, the real services as processes, an open-loop source, faults, and the invariants at the
 * end.
 *
 *     node test/chaos/main.ts --minutes 10 --seed 1 --brokers 3 --json
 *
 * Exits 0 when every invariant held, 4 when one did not (which, and where the logs lie, is said), 1 when the run itself
 * failed, 2 for wrong usage.
 */
const began = Date.now()
const say = (line: string) => console.error(`${((Date.now() - began) / 1000).toFixed(1).padStart(7)} ${line}`)

const zombie = {
  name: zombieLane,
  what: 'a stopped owner wakes up after its successor fenced it, before it commits: a lane of its own',
}
const known = [...allFaults, zombie]
let options: ChaosOptions
try {
  options = readOptions(process.argv.slice(2), known)
} catch (error) {
  console.error(`${messageOf(error)}\n\n${usageOf(known)}`)
  process.exit(2)
}
if (options.help) {
  console.log(usageOf(known))
  process.exit(0)
}
console.error(
  `seed ${options.seed} (--seed ${options.seed} makes the same choices again; the interleaving is the machine's)`,
)

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The keepers end what was started, however this process ends.
    if (stop.signal.aborted) process.exit(1)
    say('stopping; once more stops at once')
    stop.abort(new Error('stopped by a signal'))
  })
}

try {
  const chaos = await runChaos(options, say, stop.signal)
  say('collecting the history, and checking it')
  const results = await invariantsOf(chaos.aftermath, options, say)
  const report = reportOf(options, chaos.aftermath, results, (Date.now() - began) / 1000)
  await chaos.clean(!report.held)
  console.log(options.json ? JSON.stringify(report) : tableOf(report))
  if (!report.held) {
    const broken = results.filter(each => !each.held).map(each => each.name)
    say(`broken: ${broken.join('; ')}; the logs of services and brokers are kept in ${chaos.folder}`)
  }
  process.exit(report.held ? 0 : 4)
} catch (error) {
  console.error(error)
  process.exit(1)
}

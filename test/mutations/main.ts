/**
 * Takes out each carried fix and each rule of the take-over, one at a time, in a copy of the sources, and runs the tests that
 * must fail then: on real brokers, the ones of the environment or its own.
 *
 *     node test/mutations/main.ts [NAME...]     all of them without a name; exits 3 where a test did not notice
 *
 * First all the tests are run on the sources as they are, and must pass.
 */
import { fileURLToPath } from 'node:url'
import { findBrokers } from '../../infra/local/find.ts'
import { coordinatorsAnswer } from '../setup/coordinators.ts'
import { mutations } from './all.ts'
import { makeSandbox, type Outcome } from './sandbox.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const wanted = process.argv.slice(2)
const unknown = wanted.filter(name => !mutations.some(one => one.name === name))
if (unknown.length > 0) {
  console.error(`no such mutation: ${unknown.join(', ')}; there are: ${mutations.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}
const chosen = wanted.length === 0 ? mutations : mutations.filter(({ name }) => wanted.includes(name))

const say = (line: string) => console.error(line)
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
const brokers = await findBrokers(process.env, { log: line => say(`brokers: ${line}`) })
await coordinatorsAnswer(brokers.brokers)
const sandbox = await makeSandbox(root)
const env = { ...process.env, VIGIA_KAFKA_BROKERS: brokers.brokers, VIGIA_REGISTRY_URL: brokers.registry }
const end = async () => {
  await sandbox.remove()
  await brokers.stop()
}
process.once('SIGINT', () => void end().finally(() => process.exit(130)))

type Row = { readonly name: string; readonly what: string; readonly test: string; readonly outcome: Outcome }
const rows: Row[] = []
try {
  say(`the sources as they are: ${chosen.length} tests must pass`)
  const whole = await sandbox.run(
    [],
    chosen.map(({ tests }) => tests),
    env,
  )
  say(`  ${whole.result}: ${whole.passed} passed, ${whole.failed} failed, ${seconds(whole.ms)} ${whole.why}`)
  if (whole.result !== 'passed') process.exitCode = 1
  else {
    for (const [index, { name, what, edits, tests }] of chosen.entries()) {
      say(`${index + 1}/${chosen.length} without ${name} (${what})`)
      const outcome = await sandbox
        .run(edits, [tests], env)
        .catch((error): Outcome => ({ result: 'broken', passed: 0, failed: 0, why: String(error), ms: 0 }))
      say(
        `  ${outcome.result === 'failed' ? 'noticed' : outcome.result.toUpperCase()}, ${seconds(outcome.ms)}: ${outcome.why}`,
      )
      rows.push({ name, what, test: `${tests.file}: ${tests.title}…`, outcome })
    }
    console.log('| taken out | what it is | test | noticed | how it fails |\n|---|---|---|---|---|')
    for (const { name, what, test, outcome } of rows) {
      const noticed = outcome.result === 'failed' ? 'yes' : `NO (${outcome.result})`
      console.log(`| ${name} | ${what} | ${test} | ${noticed} | ${outcome.why.replaceAll('|', '\\|')} |`)
    }
    if (rows.some(({ outcome }) => outcome.result !== 'failed')) process.exitCode = 3
  }
} finally {
  await end()
}

import { readSettings } from '../../runtime/config/read-settings.ts'
import { removeRunFile, writeRunFile } from '../run-file.ts'
import type { Chain } from '../up/chain.ts'
import { shippedConfig } from '../up/defaults.ts'
import { startChain } from '../up/start-chain.ts'
import type { Verb } from '../verb.ts'

/** Starts the whole chain on this machine and stays until SIGTERM; the other verbs find it by the run file. */
export const up: Verb = {
  name: 'up',
  usage: '[--embedded]',
  summary: 'starts the whole chain on this machine',
  options: { embedded: { type: 'boolean' } },
  async run(_positionals, flags, io) {
    // From the first moment on: whoever stops it while it starts finds nothing left behind either.
    const asked = untilAsked()
    readSettings(io.env, [])
    const starting = startChain(
      { env: { ...shippedConfig(), ...ownConfig(io.env) }, progress: io.err },
      io.env as NodeJS.ProcessEnv,
      flags.embedded === true,
    )
    try {
      const chain = await Promise.race([starting, asked])
      if (chain === undefined) return 0
      publish(chain, io.err)
      io.out(flags.json === true ? JSON.stringify(chainDocument(chain)) : chainText(chain))
      await Promise.race([asked, chain.failed])
      io.err('stopping')
      return 0
    } finally {
      removeRunFile()
      await stopStarted(starting)
    }
  },
}

/** Stops a chain, also one that is still being started. */
export async function stopStarted(starting: Promise<Chain>): Promise<void> {
  const chain = await starting.catch(() => undefined)
  await chain?.stop()
}

/** Settings given to `up` replace what ships. */
function ownConfig(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const passed = [
    'VIGIA_SOURCES',
    'VIGIA_WARNINGLISTS',
    'VIGIA_OWN_NETWORKS',
    'VIGIA_OWN_DOMAINS',
    'VIGIA_ANALYZERS',
    'VIGIA_NEURONS',
    'VIGIA_INDICATORS',
    'VIGIA_PLAYBOOKS',
    'VIGIA_TARGETS',
    'VIGIA_PULL_EVERY_S',
    'VIGIA_ANALYSES_AT_ONCE',
    'VIGIA_LOG_LEVEL',
  ]
  return Object.fromEntries(passed.flatMap(name => (env[name] === undefined ? [] : [[name, env[name]]])))
}

/** Tells the other verbs where this chain is, unless they follow another one already. */
export function publish(chain: Chain, say: (line: string) => void): void {
  const { brokers, registry, prefix, api, key, seal } = chain
  if (chain.mode !== 'kafka') return
  if (!writeRunFile({ pid: process.pid, brokers, registry, prefix, api, key, seal })) {
    say('another chain of this checkout is up: verbs without flags go on reading that one')
  }
}

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. */
export function untilAsked(): Promise<void> {
  return new Promise(resolve => {
    const alive = setInterval(() => undefined, 1 << 30)
    let isAsked = false
    const done = () => {
      if (isAsked) process.exit(1)
      isAsked = true
      clearInterval(alive)
      resolve()
    }
    // Not `once`: a library with listeners of its own ends the process when it finds that nobody else listens.
    process.on('SIGTERM', done)
    process.on('SIGINT', done)
  })
}

function chainDocument(chain: Chain) {
  return { intake: chain.api, key: chain.key, brokers: chain.brokers, registry: chain.registry, metrics: chain.metrics }
}

export function chainText(chain: Chain): string {
  const metrics = Object.entries(chain.metrics).map(([name, url]) => `  ${name.padEnd(20)} ${url}`)
  return [
    `Vigía is up: ${chain.say}`,
    `intake    ${chain.api}   (TheHive: POST /api/alert, /api/v1/alert; webhooks: POST /v1/alerts/<source>)`,
    `API key   ${chain.key}`,
    `brokers   ${chain.brokers}   topics ${chain.prefix}*`,
    `registry  ${chain.registry}`,
    ...(metrics.length > 0 ? ['health and metrics', ...metrics] : []),
    'From another terminal: npx vigia ledger | tail TOPIC | case list | explain ID. Ctrl-C stops everything.',
  ].join('\n')
}

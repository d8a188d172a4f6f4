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
    const chain = await startChain(
      { env: { ...shippedConfig(), ...ownConfig(io.env) }, progress: io.err },
      io.env as NodeJS.ProcessEnv,
      flags.embedded === true,
    )
    try {
      publish(chain)
      io.out(flags.json === true ? JSON.stringify(chainDocument(chain)) : chainText(chain))
      await Promise.race([untilAsked(), chain.failed])
      io.err('stopping')
      return 0
    } finally {
      removeRunFile()
      await chain.stop()
    }
  },
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
  ]
  return Object.fromEntries(passed.flatMap(name => (env[name] === undefined ? [] : [[name, env[name]]])))
}

export function publish(chain: Chain): void {
  const { brokers, registry, prefix, api, key } = chain
  if (chain.mode === 'kafka') writeRunFile({ pid: process.pid, brokers, registry, prefix, api, key })
}

/** Resolves at SIGTERM or SIGINT. */
export function untilAsked(): Promise<void> {
  return new Promise(resolve => {
    const alive = setInterval(() => undefined, 1 << 30)
    const done = () => {
      clearInterval(alive)
      resolve()
    }
    process.once('SIGTERM', done)
    process.once('SIGINT', done)
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

import { rmSync } from 'node:fs'
import { countingReceiver } from '../../adapters/notify/counting-receiver.ts'
import { readSettings } from '../../runtime/config/read-settings.ts'
import { demoConfig } from '../demo/configuration.ts'
import type { Outcome } from '../demo/outcome.ts'
import { outcomeText } from '../demo/outcome-text.ts'
import { play } from '../demo/play.ts'
import { removeRunFile } from '../run-file.ts'
import type { Chain } from '../up/chain.ts'
import { startChain } from '../up/start-chain.ts'
import type { Verb } from '../verb.ts'
import { ledgerDocument } from './ledger.ts'
import { publish, stopStarted, untilAsked } from './up.ts'

/** `up`, with recorded real alerts sent through it, and the outcome told from the topics. */
export const demo: Verb = {
  name: 'demo',
  usage: '[--exit] [--embedded]',
  summary: 'starts the chain, sends recorded alerts through it, tells the outcome',
  options: { exit: { type: 'boolean' }, embedded: { type: 'boolean' } },
  async run(_positionals, flags, io) {
    const asked = untilAsked()
    readSettings(io.env, [])
    const receiver = await countingReceiver()
    const config = await demoConfig(receiver.url)
    // A prefix of its own: whatever lies on brokers that were given stays untouched.
    const env = { VIGIA_PREFIX: `demo.${Date.now().toString(36)}.`, ...io.env } as NodeJS.ProcessEnv
    const starting = startChain({ env: config.env, progress: io.err }, env, flags.embedded === true)
    try {
      const chain = await Promise.race([starting, asked])
      if (chain === undefined) return 1
      publish(chain, io.err)
      const began = Date.now()
      const outcome = await Promise.race([play(chain, config, io.err), chain.failed, asked])
      if (outcome === undefined) return 1
      const runSeconds = (Date.now() - began) / 1000
      if (flags.json === true) io.out(JSON.stringify(document(outcome, chain, runSeconds, receiver.counts())))
      else io.out(outcomeText(outcome, receiver.counts()))
      if (flags.exit !== true) {
        io.err(
          'The chain stays up; from another terminal: npx vigia response approve ID, case show 1, explain 1. Ctrl-C stops it.',
        )
        await Promise.race([asked, chain.failed])
      }
      return outcome.ledger.balanced ? 0 : 3
    } finally {
      removeRunFile()
      await stopStarted(starting)
      await receiver.close()
      rmSync(config.folder, { recursive: true, force: true })
    }
  },
}

function document(outcome: Outcome, chain: Chain, runSeconds: number, received: ReadonlyMap<string, number>) {
  const { cases, analyses, retroMatches, notJoined, responses, ledger } = outcome
  return {
    mode: chain.mode,
    cases,
    not_joined: notJoined,
    analyses,
    retro_matches: retroMatches,
    responses: responses.map(each => ({ ...each, received: received.get(each.actionId) ?? 0 })),
    ledger: ledgerDocument(ledger),
    download_s: chain.downloadSeconds,
    ready_s: chain.readySeconds,
    run_s: runSeconds,
  }
}

import { randomUUID } from 'node:crypto'
import { inject } from 'vitest'
import type { Chain, ChainConfig } from '../../cli/up/chain.ts'
import { kafkaChain } from '../../cli/up/kafka-chain.ts'

/** The services as processes of their own on the brokers of the test run, under a prefix that no other test has. */
export type RealChain = Chain & {
  /** Asks the API as the key that may command. */
  command(body: object): Promise<Response>
}

export type RealChainOptions = Pick<ChainConfig, 'instances'> & {
  readonly env?: Readonly<Record<string, string>>
}

export async function startRealChain({ env = {}, instances = {} }: RealChainOptions): Promise<RealChain> {
  const found = {
    VIGIA_KAFKA_BROKERS: inject('brokers'),
    VIGIA_REGISTRY_URL: inject('registry'),
    VIGIA_PREFIX: `it.${randomUUID().slice(0, 8)}.`,
  }
  const chain = await kafkaChain({ env: { VIGIA_LOG_LEVEL: 'warn', ...env }, instances, progress: () => {} }, found)
  return {
    ...chain,
    command: body =>
      fetch(`${chain.api}/v1/commands`, {
        method: 'POST',
        headers: { authorization: `Bearer ${chain.key}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
  }
}

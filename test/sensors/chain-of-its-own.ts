import type { Chain } from '../../cli/up/chain.ts'
import { kafkaChain } from '../../cli/up/kafka-chain.ts'
import { type LocalStack, startLocalStack } from '../../infra/local/stack.ts'

export type OwnChain = { readonly chain: Chain; readonly stack: LocalStack; stop(): Promise<void> }

/** The services on brokers that the test may kill. */
export async function chainOfItsOwn(): Promise<OwnChain> {
  const stack = await startLocalStack({ log: line => console.log(line) })
  const given = { VIGIA_KAFKA_BROKERS: stack.brokers, VIGIA_REGISTRY_URL: stack.registry, VIGIA_PREFIX: 'sensors.' }
  const chain = await kafkaChain({ env: { VIGIA_LOG_LEVEL: 'warn' }, progress: () => {} }, given).catch(async error => {
    await stack.stop()
    throw error
  })
  return {
    chain,
    stack,
    async stop() {
      await chain.stop()
      await stack.stop()
    },
  }
}

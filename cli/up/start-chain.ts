import { isVigiaError } from '../../core/errors.ts'
import type { Chain, ChainConfig } from './chain.ts'
import { embeddedChain } from './embedded-chain.ts'
import { kafkaChain } from './kafka-chain.ts'

/** A chain on a real Kafka; on a machine where none can be had it falls back to this process, and says so. */
export async function startChain(config: ChainConfig, env: NodeJS.ProcessEnv, isEmbedded: boolean): Promise<Chain> {
  if (isEmbedded) return embeddedChain(config, env)
  try {
    return await kafkaChain(config, env)
  } catch (error) {
    if (!isVigiaError(error, 'VIG_BROKER_ABSENT')) throw error
    config.progress(
      `${error.message}\nFalling back to embedded: no Kafka, nothing is kept, other terminals cannot read it.`,
    )
    return embeddedChain(config, env)
  }
}

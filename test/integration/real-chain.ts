import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
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

export type Folder = { readonly path: string; remove(): Promise<void> }

/** A folder for one test, with files by their paths in it; they are told where it is. */
export async function folderWith(files: (path: string) => Readonly<Record<string, string>>): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'vigia-it-'))
  for (const [name, text] of Object.entries(files(path))) {
    await mkdir(dirname(join(path, name)), { recursive: true })
    await writeFile(join(path, name), text)
  }
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

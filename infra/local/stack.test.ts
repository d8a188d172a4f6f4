import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { accepts } from './port.ts'
import { registryAnswers } from './registry.ts'
import { startLocalStack } from './stack.ts'

const processesWith = (text: string) =>
  execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .filter(line => line.includes(text))

describe('the local stack', { timeout: 180_000 }, () => {
  it('answers when it is started and after its broker crashed, and leaves no process', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'vigia-stack-test-'))
    try {
      const stack = await startLocalStack({ dir })
      try {
        const port = Number(stack.brokers.split(':')[1])
        expect(await accepts(port)).toBe(true)
        expect(await registryAnswers(stack.registry)).toBe(true)
        expect(processesWith(dir).filter(line => line.includes('java')).length).toBeGreaterThanOrEqual(2)

        await stack.restartBroker('SIGKILL')
        expect(await accepts(port)).toBe(true)
      } finally {
        await stack.stop()
      }
      expect(processesWith(dir)).toEqual([])
      expect(await registryAnswers(stack.registry)).toBe(false)
      expect(existsSync(join(dir, 'log/meta.properties'))).toBe(true)
    } finally {
      await rm(dir, { recursive: true })
    }
  })

  it('shows the end of the log of what did not start, and leaves no process', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'vigia-stack-test-'))
    const server = createServer()
    const taken = await new Promise<number>(resolve => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address()
        resolve(typeof address === 'object' && address ? address.port : 0)
      })
    })
    try {
      await expect(startLocalStack({ dir, registry: false, brokerPort: taken })).rejects.toMatchObject({
        code: 'VIG_BROKER_ABSENT',
        message: expect.stringMatching(/ended while starting[\s\S]*Address already in use/),
      })
      expect(processesWith(dir)).toEqual([])
    } finally {
      server.close()
      await rm(dir, { recursive: true })
    }
  })
})

import { execFileSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { accepts } from './port.ts'
import type { ListenerSpec } from './properties.ts'
import { registryAnswers } from './registry.ts'
import { startLocalStack } from './stack.ts'

const processesWith = (text: string) =>
  execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .filter(line => line.includes(text))

describe('the local stack', { timeout: 180_000 }, () => {
  it('answers when it is started and after its broker crashed, keeps what is secret, and leaves no process', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'vigia-stack-test-'))
    try {
      const user = { name: 'vigia', password: 'a b\\c=ñ' }
      const stack = await startLocalStack({ dir, registry: { user } })
      try {
        const port = Number(stack.brokers.split(':')[1])
        expect(await accepts(port)).toBe(true)
        expect(await registryAnswers(stack.registry, user)).toBe(true)
        expect(await registryAnswers(stack.registry)).toBe(false)
        const modes = ['server.properties', 'registry.properties'].map(name => statSync(join(dir, name)).mode & 0o777)
        expect(modes).toEqual([0o600, 0o600])
        expect(processesWith(dir).filter(line => line.includes('java')).length).toBeGreaterThanOrEqual(2)

        await stack.restartBroker('SIGKILL')
        expect(await accepts(port)).toBe(true)
      } finally {
        await stack.stop()
      }
      expect(processesWith(dir)).toEqual([])
      expect(await registryAnswers(stack.registry, user)).toBe(false)
      expect(existsSync(join(dir, 'log/meta.properties'))).toBe(true)
    } finally {
      await rm(dir, { recursive: true })
    }
  })

  it('has plain listeners beside its own, and kills and starts one node by its number', async () => {
    const listeners: ListenerSpec[] = [{ name: 'PROXIED', protocol: 'PLAINTEXT', advertisedPort: node => 4000 + node }]
    const stack = await startLocalStack({ registry: false, listeners })
    try {
      const pid = stack.pid(1)
      expect(stack.nodes).toEqual([1])
      expect(stack.listener('PROXIED')).toBe('127.0.0.1:4001')
      expect(stack.listener('PLAINTEXT')).toBe(stack.brokers)
      expect(await accepts(stack.port(1, 'PROXIED'))).toBe(true)

      await stack.kill(1)
      await stack.kill(1)
      expect(stack.pid(1)).toBeUndefined()
      expect(await accepts(stack.port(1))).toBe(false)

      await Promise.all([stack.start(1), stack.start(1)])
      expect(await accepts(stack.port(1))).toBe(true)
      expect([undefined, pid]).not.toContain(stack.pid(1))
      await expect(stack.start(2)).rejects.toThrow('there is no node 2')
    } finally {
      await stack.stop()
    }
  })

  it.each([
    ['the name of its own', { listeners: [{ name: 'CONTROLLER', protocol: 'SSL' }] }, 'a listener CONTROLLER already'],
    ['a name that is none', { listeners: [{ name: 'a b', protocol: 'SSL' }] }, "a b is no listener's name"],
    ['no nodes', { nodes: 0 }, '0 is no number of nodes'],
  ] as const)('refuses %s', async (_, options, said) => {
    await expect(startLocalStack({ registry: false, ...options })).rejects.toMatchObject({
      code: 'VIG_CONFIG_INVALID',
      message: expect.stringContaining(said),
    })
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

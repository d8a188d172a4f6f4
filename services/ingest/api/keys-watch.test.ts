import { describe, expect, it } from 'vitest'
import { VigiaError } from '../../../core/errors.ts'
import { createKey, holderOf } from './keys.ts'
import { watchedKeys } from './keys-watch.ts'

const [ana, siem] = [createKey('ana', 'acme', 'analyst'), createKey('siem', 'acme', 'send')]

function watching(first: string) {
  const said: string[] = []
  const text = { now: first as string | Error }
  const read = async () => {
    if (text.now instanceof Error) throw text.now
    return text.now
  }
  const keys = watchedKeys({ text: { read }, first, say: message => said.push(message) })
  const names = () => keys.current().map(({ name }) => name)
  const become = async (now: string | Error) => {
    text.now = now
    await keys.look()
  }
  return { keys, names, said, become }
}

describe('keys that follow their file', () => {
  it('let in who was added, and no longer who was taken out', async () => {
    const { keys, names, said, become } = watching(`${ana.line}\n`)
    await become(`${ana.line}\n${siem.line}\n`)
    expect(names()).toEqual(['ana', 'siem'])
    await become(`${siem.line}\n`)
    expect(holderOf(keys.current(), `Bearer ${ana.key}`)).toBeUndefined()
    expect(holderOf(keys.current(), `Bearer ${siem.key}`)?.name).toBe('siem')
    await become('')
    expect(names()).toEqual([])
    expect(said).toEqual([2, 1, 0].map(count => `API keys: ${count}, read again`))
  })

  it.each([
    ['a bad line', `${ana.line}\nsiem acme root hunter2`],
    ['a file that is gone', new Error('ENOENT: no such file')],
  ])('stay as they were with %s, which is said once', async (_, bad) => {
    const { names, said, become } = watching(ana.line)
    await become(bad)
    await become(bad)
    expect(names()).toEqual(['ana'])
    expect(said).toEqual([expect.stringContaining('the API keys stay as they were: ')])
    expect(said.join()).not.toContain('hunter2')
    await become(siem.line)
    expect(names()).toEqual(['siem'])
  })

  it('say a trouble again that came back', async () => {
    const { said, become } = watching(ana.line)
    await become(new Error('gone'))
    await become(ana.line)
    await become(new Error('gone'))
    expect(said).toHaveLength(2)
  })

  it('refuse to start with a bad line', () => {
    expect(() => watching('ana acme root x')).toThrow(VigiaError)
  })

  it('look by themselves until they are told to stop', async () => {
    let reads = 0
    const looked = Promise.withResolvers<void>()
    const read = async () => {
      if (++reads === 2) looked.resolve()
      return ana.line
    }
    const stop = watchedKeys({ text: { read }, first: ana.line, say: () => {} }).follow(1)
    await looked.promise
    stop()
  })
})

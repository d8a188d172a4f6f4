import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { VigiaError } from '../../../core/errors.ts'
import { createKey, holderOf, keysOf } from './keys.ts'

const hash = createHash('sha256').update('vgk_x').digest('hex')

describe('API keys', () => {
  it('reads lines, and passes over blank ones and remarks', () => {
    const keys = keysOf(`# first\r\n\r\nana acme analyst ${hash}\n  siem  acme  send  ${hash.toUpperCase()}  \n`)
    expect(keys.map(({ name, tenant, role }) => [name, tenant, role])).toEqual([
      ['ana', 'acme', 'analyst'],
      ['siem', 'acme', 'send'],
    ])
  })

  it('reads what a key is bound to', () => {
    const [bound, free] = keysOf(
      `a acme send ${hash} sources=wazuh,zeek rate=300/m burst=20\nb acme send ${hash.replace('a', 'b')} rate=50/s`,
    )
    expect(bound).toMatchObject({ sources: new Set(['wazuh', 'zeek']), limit: { perSecond: 5, burst: 20 } })
    expect(free).toMatchObject({ sources: null, limit: { perSecond: 50, burst: 50 } })
    expect(keysOf(`a acme send ${hash}`)[0]).toMatchObject({ sources: null, limit: null })
  })

  it.each([
    'extra',
    'sources=',
    'sources=a,,b',
    'sources=a/b',
    'rate=50',
    'rate=0/s',
    'rate=-1/s',
    'rate=1/d',
    'burst=5',
  ])('refuses a line that goes on with %s', word => {
    expect(() => keysOf(`a acme send ${hash} ${word}`)).toThrow(VigiaError)
  })

  it.each(['rate=5/s burst=0', 'rate=5/s burst=1.5', 'rate=5/s rate=6/s'])(
    'refuses a line that goes on with %s',
    words => {
      expect(() => keysOf(`a acme send ${hash} ${words}`)).toThrow(VigiaError)
    },
  )

  it('lists all bad lines at once, and nothing of what they hold', () => {
    const bad = [
      `ana acme root ${hash}`,
      'pw-hunter2',
      `a/b acme send ${hash}`,
      'ana acme send hunter2',
      `ok acme send ${hash}`,
      `ok acme send ${hash}`,
      `x a#b send ${hash}`,
    ]
    let thrown: unknown
    try {
      keysOf(bad.join('\n'))
    } catch (error) {
      thrown = error
    }
    const { code, message } = thrown as VigiaError
    expect(code).toBe('VIG_CONFIG_INVALID')
    expect(message.split('\n').map(line => /line \d/.exec(line)?.[0])).toEqual(
      [1, 2, 3, 4, 6, 7].map(line => `line ${line}`),
    )
    expect(message).not.toMatch(new RegExp(`hunter2|${hash}|a/b`))
  })

  it('makes a key whose line lets it in, and does not hold it', () => {
    const { key, line } = createKey('ana', 'acme', 'analyst')
    expect(key).toMatch(/^vgk_[A-Za-z0-9_-]{43}$/)
    expect(line).not.toContain(key)
    expect(holderOf(keysOf(line), `Bearer ${key}`)?.name).toBe('ana')
    expect(createKey('ana', 'acme', 'analyst').key).not.toBe(key)
  })

  it('makes a key with limits', () => {
    const { line } = createKey('ana', 'acme', 'send', { sources: ['wazuh'], rate: '5/s', burst: 7 })
    expect(keysOf(line)[0]).toMatchObject({ sources: new Set(['wazuh']), limit: { perSecond: 5, burst: 7 } })
    expect(() => createKey('ana', 'acme', 'send', { rate: 'fast' })).toThrow(VigiaError)
  })

  it('refuses to make a key with a name that its line could not hold', () => {
    expect(() => createKey('ana maria', 'acme', 'send')).toThrow(VigiaError)
  })

  it.each([
    undefined,
    '',
    'vgk_x',
    'Basic vgk_x',
    'bearer vgk_x',
    'Bearer',
    'Bearer ',
    'Bearer vgk_y',
    `Bearer ${hash}`,
  ])('lets nobody in with %j', authorization => {
    expect(holderOf(keysOf(`ana acme send ${hash}`), authorization)).toBeUndefined()
  })
})

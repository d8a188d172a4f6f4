import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { VigiaError } from '../core/errors.ts'
import { createKey, holderOf, keysOf } from '../services/ingest/api/keys.ts'
import { addKey, listKeys, removeKey } from './keys-file.ts'
import { UsageError } from './verb.ts'
import { key } from './verbs/key.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigia-keys-'))
  file = join(folder, 'api-keys')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const text = () => readFileSync(file, 'utf8')
const names = () => listKeys(file).map(({ name }) => name)
const line = (name: string) => createKey(name, 'acme', 'send').line

async function ran(words: readonly string[], flags: object = {}) {
  const out: string[] = []
  const code = await key.run(
    words,
    { json: true, file, ...flags },
    { out: said => out.push(said), err: () => {}, env: {} },
  )
  return { code, text: out.join('\n') }
}

describe('the file of API keys', () => {
  it('is made for its owner alone, and keeps the rights that it has', () => {
    addKey(file, line('a'))
    expect(statSync(file).mode & 0o777).toBe(0o600)
    chmodSync(file, 0o640)
    addKey(file, line('b'))
    expect([statSync(file).mode & 0o777, names()]).toEqual([0o640, ['a', 'b']])
  })

  it('keeps remarks and order when a key goes', () => {
    const [a, b, c] = [line('a'), line('b'), line('c')]
    writeFileSync(file, `# b is for the SIEM\n\n${a}\n  ${b}\n${c}`)
    expect(removeKey(file, 'b')).toBe(true)
    expect(text()).toBe(`# b is for the SIEM\n\n${a}\n${c}`)
    addKey(file, b)
    expect(names()).toEqual(['a', 'c', 'b'])
    expect(removeKey(file, '#')).toBe(false)
  })

  it('is not touched where the name is taken or a line is bad', () => {
    addKey(file, line('a'))
    const before = text()
    expect(() => addKey(file, line('a'))).toThrow(VigiaError)
    writeFileSync(file, `${before}bad\n`)
    expect(() => addKey(file, line('b'))).toThrow(VigiaError)
    expect(text()).toBe(`${before}bad\n`)
    expect(existsSync(`${file}.new`)).toBe(false)
  })

  it('is not changed by two at once', () => {
    addKey(file, line('a'))
    writeFileSync(`${file}.new`, '')
    expect(() => addKey(file, line('b'))).toThrow(/somebody else/)
    expect([names(), existsSync(`${file}.new`)]).toEqual([['a'], true])
  })
})

describe('vigia key', () => {
  it('creates, lists and revokes', async () => {
    const made = JSON.parse((await ran(['create', 'siem'], { sources: 'wazuh,zeek', rate: '50/s', burst: '200' })).text)
    await ran(['create', 'ana'], { tenant: 'acme', role: 'analyst' })
    expect(holderOf(keysOf(text()), `Bearer ${made.key}`)?.name).toBe('siem')
    const listed = await ran(['list'])
    expect(JSON.parse(listed.text)).toEqual([
      {
        ...{ name: 'siem', tenant: 'default', role: 'send', sha256: expect.stringMatching(/^[0-9a-f]{8}…$/) },
        ...{ sources: ['wazuh', 'zeek'], perSecond: 50, burst: 200 },
      },
      expect.objectContaining({ name: 'ana', tenant: 'acme', role: 'analyst', sources: null, perSecond: null }),
    ])
    expect((await ran(['revoke', 'siem'])).code).toBe(0)
    expect(holderOf(keysOf(text()), `Bearer ${made.key}`)).toBeUndefined()
    expect((await ran(['revoke', 'siem'])).code).toBe(3)
  })

  it('shows no whole hash to people either', async () => {
    const made = JSON.parse((await ran(['create', 'siem'])).text)
    const { text: shown } = await ran(['list'], { json: false })
    expect(shown).toMatch(/siem +default +send +[0-9a-f]{8}… +all +no limit/)
    expect(shown).not.toContain(made.line.split(' ')[3])
  })

  it.each([
    [['create'], {}],
    [['list'], { file: undefined }],
    [['revoke', 'a'], { file: undefined }],
    [['create', 'a'], { burst: 'many' }],
    [['create', 'a'], { role: 'root' }],
    [['rotate', 'a'], {}],
  ])('refuses %j with %j as wrong usage', async (words, flags) => {
    await expect(ran(words, flags)).rejects.toThrow(UsageError)
  })
})

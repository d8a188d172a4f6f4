import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { processRunner } from './process-runner.ts'
import { enable } from './stubs/enable.ts'

const shipped = join(import.meta.dirname, 'shipped')
const never = new AbortController().signal

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigia-shipped-'))
  await writeFile(
    join(folder, 'bad.txt'),
    [
      '# bad things',
      '192.0.2.7 # one',
      '198.51.100.0/24',
      '2001:db8::/32',
      'Evil.example',
      'http://a.example/X',
      '',
    ].join('\n'),
  )
  await writeFile(join(folder, 'good.txt'), 'good.example\r\n198.51.100.9\r\n')
})
afterAll(() => rm(folder, { recursive: true }))

async function analyse(line: string, dataType: string, value: string) {
  const analyzers = await enable([line], {}, shipped)
  const job = { analyzer: analyzers[0]?.id ?? '', dataType, value, tlp: 'RED', pap: 'RED' } as const
  const report = await processRunner({ analyzers, env: process.env }).run(job, never)
  if (!report.success) return report.errorMessage
  return report.taxonomies.map(said => `${said.level} ${said.namespace}:${said.predicate}="${said.value}"`)
}

describe('LocalLists', () => {
  const none = 'info Vigia:Lists="no hit"'
  const bad = 'malicious Vigia:Blocklist="bad"'
  const good = 'safe Vigia:Allowlist="good"'
  it.each([
    ['ip', '192.0.2.7', [bad]],
    ['ip', '192.0.2.8', [none]],
    ['ip', '198.51.100.9', [bad, good]],
    ['ip', '2001:DB8::1', [bad]],
    ['domain', 'EVIL.example.', [bad]],
    ['fqdn', 'www.evil.example', [bad]],
    ['domain', 'notevil.example', [none]],
    ['url', 'https://www.good.example:8080/p?q', [good]],
    ['url', 'http://[2001:db8::1]/', [bad]],
    ['url', 'http://a.example/X', [bad]],
    ['mail', 'someone@evil.example', [bad]],
    ['hash', 'd41d8cd98f00b204e9800998ecf8427e', [none]],
  ])('%s %s', async (dataType, value, said) => {
    const config = `{blocklists: ["${join(folder, 'bad.txt')}"], allowlists: ["${join(folder, 'good.txt')}"]}`
    expect(await analyse(`{use: LocalLists, egress: none, config: ${config}}`, dataType, value)).toEqual(said)
  })

  it('fails where it has no list, or one that is not there, and never says "no hit"', async () => {
    expect(await analyse('{use: LocalLists, egress: none}', 'ip', '192.0.2.7')).toMatch(/No list is set/)
    const absent = '{use: LocalLists, egress: none, config: {blocklists: [/nowhere/list.txt]}}'
    expect(await analyse(absent, 'ip', '192.0.2.7')).toMatch(/ENOENT/)
  })
})

describe('MispWarninglists', () => {
  const dns = 'safe MISP:Warninglist="Public DNS resolvers (sample)"'
  const none = 'info MISP:Warninglist="no hit"'
  it.each([
    ['ip', '8.8.8.8', [dns]],
    ['ip', '192.0.2.1', [none]],
    ['hash', 'd41d8cd98f00b204e9800998ecf8427e', ['safe MISP:Warninglist="Hashes of nothing (sample)"']],
    ['domain', 'a.example', [none]],
  ])('%s %s', async (dataType, value, said) => {
    expect(await analyse('{use: MispWarninglists, egress: none}', dataType, value)).toEqual(said)
  })

  it('fails where its folder holds no list', async () => {
    const line = `{use: MispWarninglists, egress: none, config: {path: "${folder}"}}`
    expect(await analyse(line, 'ip', '8.8.8.8')).toMatch(/No warning list/)
  })
})

import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findJavas, javasForStack, majorVersion } from './java.ts'

describe('the version of a Java', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['java version "1.8.0_292"', 8],
    ['openjdk version "25-ea" 2026-09-15', 25],
    ['openjdk version "21" 2023-09-19', 21],
    ['The operation couldn’t be completed. Unable to locate a Java Runtime.', undefined],
  ])('of %j is %s', (printed, major) => {
    expect(majorVersion(printed)).toBe(major)
  })
})

describe('the Javas for the stack', () => {
  const java = (major: number) => ({ command: `/jvm/${major}/bin/java`, major })

  it('are the first that suffices for each part', () => {
    const { broker, registry } = javasForStack([java(11), java(17), java(25), java(21)], true)
    expect([broker.major, registry?.major]).toEqual([17, 25])
  })

  it('are one where no registry is wanted', () => {
    expect(javasForStack([java(17)], false).broker.major).toBe(17)
  })

  it.each([
    ['no Java', [], true, 'install Java 21 or later'],
    ['a Java that suffices for the broker alone', [java(17)], true, 'found: 17 at /jvm/17/bin/java'],
    ['a Java that is too old', [java(11)], false, 'install Java 17 or later'],
  ])('with %s, say what to install', (_, javas, registry, said) => {
    expect(() => javasForStack(javas, registry)).toThrow(
      expect.objectContaining({ code: 'VIG_BROKER_ABSENT', message: expect.stringContaining(said) }),
    )
  })
})

describe('finding Javas', () => {
  it('asks JAVA_HOME first, then PATH, and leaves out what is no Java', async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'vigia-java-')))
    const script = async (name: string, text: string) => {
      await mkdir(join(folder, name, 'bin'), { recursive: true })
      await writeFile(join(folder, name, 'bin/java'), `#!/bin/sh\n${text}\n`)
      await chmod(join(folder, name, 'bin/java'), 0o755)
    }
    try {
      await script('home', `echo 'openjdk version "21.0.1"' >&2`)
      await script('path', `echo 'openjdk version "17.0.1"' >&2`)
      await script('broken', 'exit 1')
      const env = { JAVA_HOME: join(folder, 'home'), PATH: `${join(folder, 'broken/bin')}:${join(folder, 'path/bin')}` }
      const found = (await findJavas(env)).filter(java => java.command.startsWith(folder))
      expect(found).toEqual([
        { command: join(folder, 'home/bin/java'), major: 21 },
        { command: join(folder, 'path/bin/java'), major: 17 },
      ])
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { javaTool, toolArguments } from './tools.ts'

it('a tool is a main class with its arguments behind all jars of a folder', () => {
  expect(toolArguments('/jars', 'a.Main', ['--topic', 't']).slice(-5)).toEqual([
    '-cp',
    '/jars/*',
    'a.Main',
    '--topic',
    't',
  ])
})

it('a tool runs on the first Java that suffices, with the jars that are given', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vigia-tools-'))
  try {
    const java = join(folder, 'bin/java')
    await mkdir(join(folder, 'bin'))
    await writeFile(java, `#!/bin/sh\necho 'openjdk version "17.0.1"' >&2\n`)
    await chmod(java, 0o755)
    const tool = await javaTool('a.Main', ['x'], { jars: '/jars', env: { JAVA_HOME: folder } })
    expect(tool).toEqual({ command: java, args: toolArguments('/jars', 'a.Main', ['x']) })
  } finally {
    await rm(folder, { recursive: true })
  }
})

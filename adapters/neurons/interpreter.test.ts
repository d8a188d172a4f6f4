import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { argvOf } from './interpreter.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigia-shebang-'))
})
afterAll(() => rm(folder, { recursive: true }))

it.each([
  ['#!/usr/bin/env python3\nimport x\n', 'a.py', ['python3']],
  ['#!/usr/bin/env python3\r\nimport x\r\n', 'a.py', ['python3']],
  ['#!/usr/bin/env python\n', 'a.py', ['python3']],
  ['#!/usr/bin/python3 -u\n', 'a.py', ['/usr/bin/python3', '-u']],
  ['#! /usr/bin/env -S node --no-warnings\n', 'a.mjs', [process.execPath, '--no-warnings']],
  ['\uFEFF#!/usr/bin/env node\n', 'a.mjs', [process.execPath]],
  ['import x\n', 'a.py', ['python3']],
  ['\u007fELF', 'program', []],
])('%j in %s is run by %j', async (content, name, program) => {
  const file = join(folder, name)
  await writeFile(file, content)
  expect(await argvOf(file)).toEqual([...program, file])
})

it('rejects where there is no such file', async () => {
  await expect(argvOf(join(folder, 'absent.py'))).rejects.toThrow(/ENOENT/)
})

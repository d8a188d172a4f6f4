import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadDefinitions } from './definition.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'vigia-definitions-'))
})
afterEach(() => rm(root, { recursive: true }))

const whole = {
  name: 'Echo',
  version: '1.0',
  description: '',
  author: '',
  url: '',
  license: '',
  command: 'Echo/echo.py',
}

async function write(path: string, content: unknown): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), typeof content === 'string' ? content : JSON.stringify(content))
}

describe('loading definitions', () => {
  it('takes extra keys, an array of definitions, absent config and items, and names of any form', async () => {
    await write('Echo/echo.json', [
      { ...whole, screenshots: [], service_homepage: 'x' },
      {
        ...whole,
        name: 'Some-Tool.json',
        version: '0.1.0',
        configurationItems: [{ name: 'a', type: 'string', default: 1 }],
      },
    ])
    const { definitions, problems } = await loadDefinitions([root])
    expect(problems).toEqual([])
    expect(definitions.map(({ id }) => id)).toEqual(['Echo_1_0', 'Some-Tool_json_0_1_0'])
    expect(definitions[0]).toMatchObject({
      config: {},
      items: [],
      dataTypes: [],
      root,
      command: join(root, 'Echo/echo.py'),
    })
    expect(definitions[1]?.items).toEqual([{ name: 'a', type: 'string', multi: false, required: false }])
  })

  const { description: _, ...withoutDescription } = whole
  it.each([
    ['JSON that is cut short', '{"name":', /JSON/],
    ['a missing required key', withoutDescription, /description/],
    ['a command outside of its root', { ...whole, command: '../evil.sh' }, /outside/],
    ['neither command nor image', { ...whole, command: undefined }, /neither/],
    ['a config that is no object', { ...whole, config: [] }, /config/],
  ])('names the file of %s and loads the others', async (_what, content, cause) => {
    await write('Broken/broken.json', content)
    await write('Echo/echo.json', whole)
    const { definitions, problems } = await loadDefinitions([root])
    expect(definitions.map(({ id }) => id)).toEqual(['Echo_1_0'])
    expect(problems).toEqual([{ file: join(root, 'Broken/broken.json'), cause: expect.stringMatching(cause) }])
  })

  it('keeps the first of two definitions with one id, and names the second', async () => {
    await write('A/a.json', whole)
    await write('B/b.json', whole)
    const { definitions, problems } = await loadDefinitions([root])
    expect(definitions).toHaveLength(1)
    expect(problems[0]?.file).toBe(join(root, 'B/b.json'))
  })

  it('names a folder that is not there', async () => {
    const { problems } = await loadDefinitions([join(root, 'absent')])
    expect(problems).toEqual([{ file: join(root, 'absent'), cause: expect.stringContaining('ENOENT') }])
  })
})

import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { parseYamlFile } from './yaml-file.ts'

const schema = z.strictObject({
  sources: z.array(z.strictObject({ name: z.string(), scope: z.string().optional() })).default([]),
})
const messageFor = (text: string): string => {
  try {
    parseYamlFile('x.yaml', text, schema)
    return 'accepted'
  } catch (error) {
    return (error as Error).message
  }
}

describe('a YAML file', () => {
  it('is read, and tells the line of anything in it', () => {
    const { value, lineOf } = parseYamlFile('x.yaml', 'sources:\n  - name: a\n  - name: b\n    scope: t\n', schema)
    expect(value.sources.map(each => each.name)).toEqual(['a', 'b'])
    expect(lineOf(['sources', 1, 'scope'])).toBe(4)
  })

  it.each([
    ['a typo in a key', 'sources:\n  - nam: a\n', 'x.yaml:2: sources.0: unknown key nam; known are name, scope'],
    [
      'a wrong value',
      'sources:\n  - name: 3\n',
      'x.yaml:2: sources.0.name: Invalid input: expected string, received number',
    ],
    ['broken syntax', 'sources: [\n', 'x.yaml:2:'],
    ['an unknown key at the top', 'source: []\n', 'x.yaml:1: unknown key source; known are sources'],
  ])('is refused for %s, with file, line and cause', (_what, text, message) => {
    expect(messageFor(text)).toContain(message)
  })

  it('lists every problem at once', () => {
    expect(messageFor('sources:\n  - nam: a\n  - name: 1\n').split('\n').length).toBeGreaterThanOrEqual(3)
  })
})

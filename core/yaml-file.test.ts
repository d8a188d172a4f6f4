import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type FileProblem, parseYamlFile, readYamlFile, refuse } from './yaml-file.ts'

const schema = z.strictObject({
  sources: z.array(z.strictObject({ name: z.string(), scope: z.string().optional() })).default([]),
})

function messageOfRefusal(run: () => unknown): string {
  try {
    run()
    return 'accepted'
  } catch (error) {
    return (error as Error).message
  }
}

const messageFor = (text: string) => messageOfRefusal(() => parseYamlFile('x.yaml', text, schema))

describe('a YAML file', () => {
  it('is read, and tells the line of anything in it', () => {
    const { value, lineOf } = parseYamlFile('x.yaml', 'sources:\n  - name: a\n  - name: b\n    scope: t\n', schema)
    expect(value.sources.map(each => each.name)).toEqual(['a', 'b'])
    expect(lineOf(['sources', 1, 'scope'])).toBe(4)
  })

  it.each([
    ['a typo in a key', 'sources:\n  - nam: a\n', "x.yaml:2: sources[0]: unknown key 'nam' (known: name, scope)"],
    [
      'a wrong value',
      'sources:\n  - name: 3\n',
      'x.yaml:2: sources[0].name: Invalid input: expected string, received number',
    ],
    ['broken syntax', 'sources: [\n', 'x.yaml:2:'],
    ['an unknown key at the top', 'source: []\n', "x.yaml:1: unknown key 'source' (known: sources)"],
    ['being empty', '', 'x.yaml:1: Invalid input: expected object'],
  ])('is refused for %s, with file, line and cause', (_what, text, message) => {
    expect(messageFor(text)).toContain(message)
  })

  it('lists every problem at once', () => {
    expect(messageFor('sources:\n  - nam: a\n  - name: 1\n').split('\n').length).toBeGreaterThanOrEqual(3)
  })

  it('names the known keys of an object that is transformed, and of one in a record', () => {
    const step = z.strictObject({ action: z.string() }).transform(({ action }) => action)
    const nested = z.strictObject({
      steps: z.array(step),
      named: z.record(z.string(), z.strictObject({ kind: z.string() })),
    })
    const { problems } = readYamlFile(
      'x.yaml',
      'steps:\n  - { action: a, b: 1 }\nnamed:\n  n: { kind: k, c: 1 }\n',
      nested,
    )
    expect(problems).toEqual([
      { file: 'x.yaml', line: 2, cause: "steps[0]: unknown key 'b' (known: action)" },
      { file: 'x.yaml', line: 4, cause: "named.n: unknown key 'c' (known: kind)" },
    ])
  })

  it('is told at the line within a value that the schema counts on from its key', () => {
    const counted = z.strictObject({
      when: z.string().superRefine((_text, context) => {
        context.addIssue({ code: 'custom', message: 'no such word', params: { linesOn: 2 } })
      }),
    })
    const { problems } = readYamlFile('x.yaml', '# first\nwhen: |\n  one\n  two\n', counted)
    expect(problems).toEqual([{ file: 'x.yaml', line: 4, cause: 'when: no such word' }])
  })
})

describe('a reading', () => {
  it('has the value and no problem where the file fits', () => {
    expect(readYamlFile('x.yaml', 'sources: [{ name: a }]', schema)).toMatchObject({
      value: { sources: [{ name: 'a' }] },
      problems: [],
    })
  })

  it.each([
    ['syntax', 'sources: [\n'],
    ['schema', 'sources: 1\n'],
  ])('has problems instead of throwing where the file does not fit by its %s', (_what, text) => {
    const { value, problems } = readYamlFile('x.yaml', text, schema)
    expect(value).toBeUndefined()
    expect(problems).not.toEqual([])
  })
})

describe('a refusal', () => {
  it('goes file by file as they were given, and by the lines of each', () => {
    const at = (file: string, line: number): FileProblem => ({ file, line, cause: 'wrong' })
    const told = messageOfRefusal(() => refuse([at('b.yaml', 3), at('a.yaml', 2), at('b.yaml', 1), at('a.yaml', 10)]))
    expect(told.split('\n')).toEqual(['b.yaml:1: wrong', 'b.yaml:3: wrong', 'a.yaml:2: wrong', 'a.yaml:10: wrong'])
  })
})

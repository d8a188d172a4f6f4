import { describe, expect, it } from 'vitest'
import { isVigiaError, messageOf } from '../../../core/errors.ts'
import { mappingFile } from './format.ts'
import { shippedMappings, usersMappings } from './load.ts'

const least = 'what: w\ntitle: [a]\n'

function problemsOf(...texts: string[]): string[] {
  try {
    usersMappings(texts.map((text, index) => ({ path: `${index}.yaml`, text })))
  } catch (error) {
    expect(isVigiaError(error, 'VIG_FILE_INVALID')).toBe(true)
    return messageOf(error).split('\n')
  }
  return []
}

describe('a mapping file', () => {
  it('needs a kind, a word for people and a title', () => {
    expect(usersMappings([{ path: 'a.yaml', text: `kind: acme\n${least}` }])).toMatchObject([{ kind: 'acme' }])
  })

  it('is refused with every problem of every file at once, each with its line and what is known there', () => {
    const problems = problemsOf(
      `kind: Acme
what: w
titel: [a]
title: ['{a', 'b[x]']
when:
  - equals: { 'a[': 1 }
    al: [a]
severity: { from: [a], table: { low: lwo } }
observables:
  - { path: a, type: ipv4 }
`,
      `kind: other\n${least}also: some\n`,
    )
    const places = problems.map(problem => problem.split(': ')[0])
    expect(places).toEqual([
      '0.yaml:1',
      '0.yaml:3',
      '0.yaml:4',
      '0.yaml:4',
      '0.yaml:6',
      '0.yaml:7',
      '0.yaml:8',
      '0.yaml:10',
      '1.yaml:4',
    ])
    const said = problems.join('\n')
    expect(said).toContain("unknown key 'titel' (known: kind, what, replaces, when")
    expect(said).toContain("when[0]: unknown key 'al' (known: all, any, none, equals)")
    expect(said).toContain('title[0]: ')
    expect(said).toContain("title[1]: '[x]': expected [], [0], [key=text] or [key in path]")
    expect(said).toContain('a bracket is not closed')
    expect(said).toContain('severity.table.low: ')
  })

  it.each([
    ['is in code', [`kind: thehive\n${least}replaces: true\n`], '0.yaml:1: kind: '],
    ['ships', [`kind: splunk\n${least}`], "0.yaml:1: kind: 'splunk' ships with Vigía; say 'replaces: true'"],
    ['stands in two files', [`kind: a\n${least}`, `kind: a\n${least}`], "1.yaml:1: kind: 'a' is in 0.yaml already"],
    ['is to replace one that does not ship', [`kind: a\n${least}replaces: true\n`], '0.yaml:4: replaces: '],
  ])('is refused where its kind %s', (_, texts, problem) => {
    const problems = problemsOf(...texts)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(problem)
  })

  it('may replace one that ships on purpose', () => {
    expect(problemsOf(`kind: splunk\n${least}replaces: true\n`)).toEqual([])
  })
})

describe('the mappings that ship', () => {
  it('are as many as the sources that are declared', () => {
    expect(shippedMappings().length).toBeGreaterThanOrEqual(12)
    for (const { mapping } of shippedMappings()) expect(mapping.when).toBeDefined()
  })

  it('are written in keys of which each is explained', () => {
    for (const [key, schema] of Object.entries(mappingFile.shape)) expect(schema.description, key).toBeTruthy()
  })
})

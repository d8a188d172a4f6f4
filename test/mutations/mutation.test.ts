import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { mutations } from './all.ts'
import { edited, type Mutation } from './mutation.ts'
import { outcomeIn, type Report } from './sandbox.ts'

const read = (file: string) => readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8')

describe('the mutations', () => {
  it('have names of their own', () => {
    expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length)
  })

  it.each(mutations)('$name has its place in the sources, and its test', ({ edits, tests }) => {
    for (const edit of edits) {
      const text = read(edit.file)
      expect(edited(text, edit)).not.toBe(text)
    }
    const contract = ['loss', 'transaction'].map(part => read(`test/contract/${part}.contract.ts`)).join('')
    // Its own title, or a row of the table that it is made of.
    expect(read(tests.file) + contract).toContain(`'${tests.title}`)
  })

  const load = 'runtime/kafka/fixes/load.ts'
  const fixes = [...read(load).matchAll(/^import \{ (fix\w+) \} from '\.\/(.*)'$/gm)]
  it.each(fixes.map(([, call = '', file = '']) => ({ call, file })))('take out $call', ({ call, file }) => {
    const takesOut = ({ edits }: Mutation) =>
      edits.some(
        edit => edit.file.endsWith(`/fixes/${file}`) || (edit.file === load && edit.find.includes(`${call}()`)),
      )
    expect(mutations.filter(takesOut)).not.toEqual([])
  })

  it('are not made where the text is not there exactly once', () => {
    const edit = { file: 'a.ts', find: 'fence()', replace: '' }
    expect(edited('a; fence(); b', edit)).toBe('a; ; b')
    expect(() => edited('a; b', edit)).toThrow('a.ts holds what is to be replaced 0 times: fence()')
    expect(() => edited('fence(); fence()', edit)).toThrow('2 times')
  })
})

describe('the outcome of a run', () => {
  const report = (...statuses: string[]): Report => ({
    testResults: [
      {
        message: statuses.length === 0 ? 'it did not load' : '',
        assertionResults: statuses.map(status => ({
          ...{ status, title: 't' },
          failureMessages: status === 'failed' ? ['Error: lost one\n  at'] : [],
        })),
      },
    ],
  })
  const cases: readonly [string, Report, ReturnType<typeof outcomeIn>][] = [
    ['passed', report('passed', 'skipped'), { result: 'passed', passed: 1, failed: 0, why: '' }],
    ['failed', report('passed', 'failed'), { result: 'failed', passed: 1, failed: 1, why: 'lost one' }],
    ['broken where nothing was tested', report('skipped'), { result: 'broken', passed: 0, failed: 0, why: '' }],
    ['broken where a file does not load', report(), { result: 'broken', passed: 0, failed: 0, why: 'it did not load' }],
  ]
  it.each(cases)('is %s', (_, given, outcome) => {
    expect(outcomeIn(given)).toEqual(outcome)
  })
})

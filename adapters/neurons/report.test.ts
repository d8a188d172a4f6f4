import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { maskOf } from './masking.ts'
import { readReport } from './report.ts'

const folder = join(import.meta.dirname, '../../test/fixtures/neurons')

type Recorded = {
  readonly cases: readonly {
    readonly case: string
    readonly mode: string
    readonly files_in_job: readonly (readonly [string, number])[] | null
    readonly output: null | {
      readonly success: boolean
      readonly errorMessage?: unknown
      readonly full?: unknown
      readonly summary?: { readonly taxonomies: readonly Record<string, unknown>[] }
      readonly artifacts?: readonly (Record<string, unknown> | null)[]
      readonly operations?: readonly unknown[]
    }
  }[]
}

const recordings = readdirSync(folder).flatMap(file => {
  const recorded: Recorded = JSON.parse(readFileSync(join(folder, file), 'utf8'))
  return recorded.cases.flatMap(given => {
    const name = `${file.slice(0, -5)}, ${given.case}, ${given.mode}`
    return given.output === null ? [] : [{ name, files: given.files_in_job ?? [], output: given.output }]
  })
})

describe('outputs that real neurons wrote', () => {
  it.each(recordings)('$name', ({ files, output }) => {
    const names = files.flatMap(([path]) => (path.startsWith('output/') ? [[path.slice(7), 'a hash'] as const] : []))
    const report = readReport(JSON.stringify(output), { mask: maskOf([]), files: new Map(names) })
    if (!output.success) {
      const message = output.errorMessage
      const said = typeof message === 'string' ? message : JSON.stringify(message)
      expect(report).toEqual({ success: false, reason: 'failed', errorMessage: said })
      return
    }
    const artifacts = (output.artifacts ?? []).filter(artifact => artifact !== null)
    expect(report).toMatchObject({
      success: true,
      full: output.full,
      operations: output.operations ?? [],
      taxonomies: (output.summary?.taxonomies ?? []).map(said => ({ ...said, value: String(said.value) })),
      artifacts: artifacts.map(({ dataType, data, filename }) => ({ dataType, data: data ?? filename })),
    })
  })

  it('are both successes and failures', () => {
    expect(new Set(recordings.map(({ output }) => output.success))).toEqual(new Set([true, false]))
    expect(recordings.some(({ output }) => typeof output.errorMessage === 'number')).toBe(true)
  })
})

describe('masking', () => {
  it.each([
    ['a secret within a text', 'a sesame-1 b', 'a REMOVED b'],
    ['a secret as a URL writes it', 'u?k=p%40ss%20word', 'u?k=REMOVED'],
    ['a line of a private key', 'x BBBBBBBB y', 'x REMOVED y'],
    ['a short secret only where it stands alone', 'k', 'REMOVED'],
    ['a short secret not within a word', 'kilo', 'kilo'],
  ])('%s', (_what, given, masked) => {
    const mask = maskOf(['sesame-1', 'p@ss word', 'AAAAAAAA\nBBBBBBBB\n', 'k'])
    expect(mask.text(given)).toBe(masked)
    expect(mask.json({ a: [{ b: given }] })).toEqual({ a: [{ b: masked }] })
  })
})

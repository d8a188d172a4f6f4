import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { generated } from '../schemas/generate/main.ts'

const root = fileURLToPath(new URL('../', import.meta.url))

/** The names of the files whose text on disk is not what would be generated. */
function stale(files: ReadonlyMap<URL, string>): string[] {
  const differing = [...files].filter(([file, text]) => readFileSync(file, 'utf8') !== text)
  return differing.map(([file]) => fileURLToPath(file).slice(root.length))
}

describe('what is generated', () => {
  it('generate-leaves-no-diff', () => {
    const files = generated()
    expect([...files.keys()].map(file => fileURLToPath(file).slice(root.length))).toEqual(
      expect.arrayContaining(['schemas/generated/types.ts', 'docs/topics.md', 'docs/errors.md', 'docs/settings.md']),
    )
    expect(stale(files)).toEqual([])
  })

  it('is found stale where one letter differs', () => {
    const changed = [...generated()].map(
      ([file, text]) => [file, file.pathname.endsWith('/topics.md') ? `${text}!` : text] as const,
    )
    expect(stale(new Map(changed))).toEqual(['docs/topics.md'])
  })

  it('says of each setting whether it must be given, and holds no value of a secret', () => {
    const page = [...generated()].find(([file]) => file.pathname.endsWith('/docs/settings.md'))?.[1] ?? ''
    expect(page).toContain('| `VIGIA_KAFKA_BROKERS` | every service | required |')
    expect(page).toContain('| `VIGIA_PREFIX` | every service | `vigia.` |')
    expect(page).toMatch(/\| `VIGIA_SEAL_SECRET` \| ingest \| none \| .*\*Secret: give it by file\.\*/)
  })
})

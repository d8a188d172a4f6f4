import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { shippedSet } from '../services/ingest/mappings/mapper-set.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs')).flatMap(name => (name.endsWith('.md') ? `docs/${name}` : [])),
]
const textOf = (page: string) => readFileSync(join(root, page), 'utf8')

/** As a browser finds a heading: lower case, blanks as dashes, no other signs. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => heading)
  return new Set(
    headings.map(heading =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

describe('the documentation', () => {
  it.each(pages)('%s links to what is there', page => {
    const dead = [...textOf(page).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap(
      ([link, path = '', anchor]) => {
        const target = path === '' ? join(root, page) : join(root, dirname(page), path)
        if (!existsSync(target)) return [link]
        return anchor === undefined || anchorsOf(readFileSync(target, 'utf8')).has(anchor) ? [] : [link]
      },
    )
    expect(dead).toEqual([])
  })

  it('says of every kind of source how it is connected', () => {
    const said = textOf('docs/sources.md').toLowerCase()
    const unsaid = shippedSet().all.filter(({ mapper }) => !said.includes(mapper.kind.split('-')[0] ?? mapper.kind))
    expect(unsaid.map(({ mapper }) => mapper.kind)).toEqual([])
  })
})

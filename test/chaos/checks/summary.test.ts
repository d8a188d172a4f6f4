import { expect, it } from 'vitest'
import { summary } from './summary.ts'

const kept = { name: 'one', held: true, figures: { events: 12, findings: 0 }, findings: [] }
const lost = { name: 'two', held: false, figures: { parts: 3, findings: 4 }, findings: ['a is lost', 'b is lost'] }

it('says of each promise whether it held and by which figures, and what breaks it', () => {
  const { held, table, json } = summary([kept, lost])
  expect(held).toBe(false)
  expect(table.split('\n')).toEqual([
    '        promise  figures',
    'held    one      events 12, findings 0',
    'BROKEN  two      parts 3, findings 4',
    '',
    'two:',
    '  a is lost',
    '  b is lost',
    '  and 2 more',
  ])
  expect(JSON.parse(json)).toEqual({ held: false, results: [kept, lost] })
})

it('holds where every promise does', () => {
  expect(summary([kept])).toMatchObject({ held: true })
})

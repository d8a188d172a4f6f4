import { describe, expect, it } from 'vitest'
import { eventIdOf } from '../../core/ids.ts'
import { idTable } from './id-table.ts'

describe('the table of ids', () => {
  it('knows each id from the first time on, however many there are, and whatever they look like', () => {
    const table = idTable()
    const ids = [
      ...Array.from({ length: 5000 }, (_, number) => eventIdOf('cause', 'stage', 'kind', number)),
      ...['', 'short', '0'.repeat(32), 'f'.repeat(32), 'not hex'.padEnd(32)],
    ]
    expect(ids.filter(id => !table.add(id))).toEqual([])
    expect(ids.filter(id => table.add(id))).toEqual([])
    expect(table.size()).toBe(ids.length)
  })
})

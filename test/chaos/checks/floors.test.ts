import { expect, it } from 'vitest'
import { checkFloors } from './floors.ts'

it('tells what did not happen, and how often the rest did', () => {
  const kill = { what: 'kill', count: 3, least: 1 }
  expect(checkFloors([kill])).toMatchObject({ held: true, figures: { kill: 3 } })
  expect(checkFloors([kill, { what: 'disk', count: 0, least: 0 }])).toMatchObject({ held: true })
  expect(checkFloors([kill, { what: 'disk', count: 0, least: 1 }])).toMatchObject({
    ...{ held: false, findings: ['disk: 0, and not at least 1'], figures: { kill: 3, disk: 0 } },
  })
})

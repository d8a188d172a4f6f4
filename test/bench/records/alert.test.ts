import avro from 'avsc'
import { describe, expect, it } from 'vitest'
import { partitionOf } from '../../../core/murmur2.ts'
import { schemaText } from '../../../runtime/codec.ts'
import { topics } from '../../../schemas/catalogue.ts'
import { alerts, recordBytes } from './alert.ts'

describe('the records of the copy items', () => {
  const type = avro.Type.forSchema(JSON.parse(schemaText(topics.alerts)))
  const alertAt = alerts(6, event => Buffer.concat([Buffer.alloc(5), type.toBuffer(event)]))

  it.each([0, 1, 9, 10, 99_999, 100_000, 7])('are of the same size, whatever their number: %i', index => {
    expect(alertAt(index).value).toHaveLength(recordBytes)
  })

  it('lie where their keys lead to, equally many in each partition, each with an id of its own', () => {
    const made = Array.from({ length: 600 }, (_, index) => alertAt(index))
    const right = made.filter(({ partition, key }) => partitionOf(key.toString().split('#')[0] ?? '', 6) === partition)
    expect(right).toHaveLength(600)
    expect([0, 1, 2, 3, 4, 5].map(own => made.filter(({ partition }) => partition === own).length)).toEqual(
      Array.from({ length: 6 }, () => 100),
    )
    expect(new Set(made.map(({ key }) => key.toString())).size).toBe(600)
  })
})

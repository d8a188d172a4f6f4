import { describe, expect, it } from 'vitest'
import { readOptions } from './options.ts'

describe('the options of the overload run', () => {
  it('are ten minutes at five times the rate unless told', () => {
    expect(readOptions([])).toEqual({
      minutes: 10,
      times: 5,
      rate: null,
      seed: 1,
      capBytes: 1024 * 1024 * 1024,
      json: false,
    })
  })

  it('are refused with every problem', () => {
    const wrong = () => readOptions(['--minutes', '0', '--times', '1', '--rate', '0', '--seed', 'x', '--cap-mb', 'y'])
    expect(wrong).toThrow(/minutes[\s\S]*times[\s\S]*rate[\s\S]*seed[\s\S]*cap-mb/)
  })
})

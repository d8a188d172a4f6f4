import { describe, expect, it } from 'vitest'
import { isPythonDict, pythonListOf } from './python-list.ts'

describe('a Python list as text', () => {
  it.each([
    ["['203.0.113.5', '203.0.113.105']", ['203.0.113.5', '203.0.113.105']],
    ["['10.20.0.11']", ['10.20.0.11']],
    ['[]', []],
    [`["it's", 'b']`, ["it's", 'b']],
    [String.raw`['a\'b', 'C:\\x', '\xf1\u00e9\n']`, ["a'b", 'C:\\x', 'ñé\n']],
    ['[1, -2.5, None, True]', ['1', '-2.5']],
    ["['a, b', 'c]']", ['a, b', 'c]']],
  ])('%s is read', (text, elements) => {
    expect(pythonListOf(text)).toEqual(elements)
  })

  it.each(['203.0.113.5', '[2001:db8::1]', "['a'", "['a' 'b']", "[{'a': 1}]", '[abc]', "['a', "])(
    '%s is none',
    text => {
      expect(pythonListOf(text)).toBeUndefined()
    },
  )

  it('tells a field that became a tag from a tag', () => {
    expect(["{'response_code': 'NOERROR'}", "[{'a': 1}]", '{"a": 1}'].map(isPythonDict)).toEqual([true, true, true])
    expect(['{guid}', 'T1110', "['a']", "{'cut off"].map(isPythonDict)).toEqual([false, false, false, false])
  })
})

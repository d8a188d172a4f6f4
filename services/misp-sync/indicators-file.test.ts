import { describe, expect, it } from 'vitest'
import { parseIndicatorsFile } from './indicators-file.ts'

const refused = (text: string): string => {
  try {
    parseIndicatorsFile('/etc/vigia/indicators.yaml', text)
    return 'accepted'
  } catch (error) {
    return (error as Error).message
  }
}

describe('indicators.yaml', () => {
  it('takes feeds, from where the file lies, and MISP servers with a key from elsewhere', () => {
    const text =
      'sources:\n  - name: a\n    feed: feeds/a\n  - name: b\n    misp: https://misp.example\n    key: { env: B_KEY }\n    scope: acme\n'
    expect(parseIndicatorsFile('/etc/vigia/indicators.yaml', text)).toMatchObject([
      { name: 'a', feed: '/etc/vigia/feeds/a', scope: 'shared' },
      { name: 'b', misp: 'https://misp.example', scope: 'acme' },
    ])
  })

  it.each([
    ['neither feed nor server', 'sources:\n  - name: a\n', ':2: a: needs either feed or misp'],
    ['a server without a key', 'sources:\n  - name: a\n    misp: https://m.example\n', 'a MISP server needs a key'],
    [
      'a key that is written down',
      'sources:\n  - name: a\n    misp: https://m.example\n    key: abc\n',
      'a key is never written here',
    ],
    [
      'a name that is taken',
      'sources:\n  - name: a\n    feed: x\n  - name: a\n    feed: y\n',
      ':4: a: the name is taken',
    ],
    ['a typo', 'sources:\n  - name: a\n    fed: x\n', "unknown key 'fed'"],
  ])('refuses %s, with the line', (_what, text, message) => {
    expect(refused(text)).toContain(message)
  })
})

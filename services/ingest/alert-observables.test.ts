import { describe, expect, it } from 'vitest'
import { alertObservables } from './alert-observables.ts'
import type { JsonObject } from './json-object.ts'
import { ingestRulesOf } from './rules.ts'
import { defaultSettings } from './source-settings.ts'
import { observablesIn } from './sources/found.ts'

const rules = ingestRulesOf({ secret: 'x'.repeat(32) })

function flagsIn(body: JsonObject): Record<string, readonly string[]> {
  const all = alertObservables(observablesIn(body), 'AMBER', defaultSettings('any', 'generic'), rules)
  return Object.fromEntries(all.map(({ value, flags }) => [value, flags]))
}

describe('a domain that is as likely the name of a file', () => {
  it.each<[string, JsonObject, string, readonly string[]]>([
    ['is marked where a text mentions it', { message: 'ran setup.py twice, setup.py' }, 'setup.py', ['file-like']],
    ['is none where it is written defanged too', { message: 'setup.py from setup[.]py' }, 'setup.py', []],
    ['is none where it was defanged before', { message: 'setup[.]py has setup.py' }, 'setup.py', []],
    ['is none where a field names it', { message: 'setup.py', 'dns.question.name': 'setup.py' }, 'setup.py', []],
    ['is none where a field of answers holds it', { 'dns.answers.data': 'a setup.py' }, 'setup.py', []],
    ['is none in a URL', { message: 'http://setup.py/' }, 'http://setup.py/', []],
    ['keeps its other marks', { message: 'x.localhost.zip db.prod.local' }, 'db.prod.local', ['private']],
  ])('%s', (_, body, value, flags) => {
    expect(flagsIn(body)[value]).toEqual(flags)
  })
})

import { describe, expect, it } from 'vitest'
import { fixtureNames, recordedBodies } from '../fixture-reader.ts'
import { problemsOfTheHive } from './thehive-fields.ts'

const body = { type: 'external', source: 's', sourceRef: 'r', title: 't', description: 'd' }

describe('the fields of a TheHive alert', () => {
  it('are right in everything that real clients sent', () => {
    const names = [...fixtureNames('recorded/', /\.json$/), ...fixtureNames('recorded/failures/', /\.json$/)]
    const bodies = names.flatMap(name => ['/api/alert', '/api/v1/alert'].flatMap(to => recordedBodies(name, to)))
    expect(bodies.length).toBeGreaterThan(35)
    for (const each of bodies) expect(problemsOfTheHive(each)).toEqual([])
  })

  it.each([
    ['unknown fields', { status: 'New', follow: true, 'x-y': {} }],
    ['null for what is optional', { tlp: null, tags: null, artifacts: null, date: null, externalLink: null }],
    ['a date as text of digits', { date: '1795561171000' }],
    ['empty texts', { sourceRef: '', title: '' }],
    ['an observable without data', { observables: [{ dataType: 'ip', data: null }] }],
    ['several values in one observable', { observables: [{ dataType: 'ip', data: ['192.0.2.1', '192.0.2.2'] }] }],
  ])('may have %s', (_, more) => {
    expect(problemsOfTheHive({ ...body, ...more })).toEqual([])
  })

  it.each([
    [{ title: undefined }, 'title: missing'],
    [{ description: null }, 'description: missing'],
    [{ sourceRef: 12 }, 'sourceRef: expected a string, got a number'],
    [{ severity: 'high' }, 'severity: expected an integer, got a string'],
    [{ severity: 5 }, 'severity: expected an integer from 1 to 4, got 5'],
    [{ tlp: 2.5 }, 'tlp: expected an integer from 0 to 4, got 2.5'],
    [{ pap: 4 }, 'pap: expected an integer from 0 to 3, got 4'],
    [{ date: '2026-11-24T22:59:32Z' }, 'date: expected epoch milliseconds, got other text'],
    [{ date: {} }, 'date: expected epoch milliseconds, got an object'],
    [{ tags: 'a' }, 'tags: expected an array of strings, got a string'],
    [{ tags: ['a', 1] }, 'tags[1]: expected a string, got a number'],
    [{ artifacts: {} }, 'artifacts: expected an array, got an object'],
    [{ artifacts: ['x'] }, 'artifacts[0]: expected an object, got a string'],
    [{ observables: [{ data: 'x' }] }, 'observables[0].dataType: missing'],
    [{ observables: [{ dataType: 'ip', data: 7 }] }, 'observables[0].data: expected an array of strings, got a number'],
    [{ artifacts: [{ dataType: 'ip', data: 'x', tlp: '2' }] }, 'artifacts[0].tlp: expected an integer, got a string'],
  ])('are named where they are wrong: %j', (more, says) => {
    expect(problemsOfTheHive({ ...body, ...more }).map(problem => `${problem.name}: ${problem.says}`)).toEqual([says])
  })

  it('are all named at once', () => {
    expect(problemsOfTheHive({ severity: 'x' }).map(problem => problem.name)).toEqual([
      ...['type', 'source', 'sourceRef', 'title', 'description', 'severity'],
    ])
  })
})

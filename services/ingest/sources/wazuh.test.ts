import { describe, expect, it } from 'vitest'
import { fixtureText } from '../fixture-reader.ts'
import type { JsonObject } from '../json-object.ts'
import type { MappedAlert } from './mapped.ts'
import { mapWazuh, wazuh } from './wazuh.ts'
import { wazuhOfLine } from './wazuh-line.ts'

function alertOf(body: JsonObject): MappedAlert {
  const mapped = mapWazuh(body, 'wazuh')
  if (mapped.outcome !== 'alert') throw new Error(JSON.stringify(mapped))
  return mapped.alert
}

const found = (body: JsonObject) => alertOf(body).observables.map(({ type, value, role }) => `${role} ${type} ${value}`)
const rule = { level: 7, description: 'd', id: '1' }
const head = { rule, agent: { id: '000', name: 'mgr' }, manager: { name: 'mgr' } }

describe('an alert of Wazuh', () => {
  it.each([
    [0, 'low'],
    [6, 'low'],
    [7, 'medium'],
    [11, 'medium'],
    [12, 'high'],
    [14, 'high'],
    [15, 'critical'],
    [16, 'critical'],
    ['12', 'high'],
    ['x', 'medium'],
  ])('of level %j is %s', (level, severity) => {
    expect(alertOf({ ...head, rule: { ...rule, level } }).severity).toBe(severity)
  })

  it.each([
    ['cluster node before manager', { cluster: { node: 'n1' }, id: '1.2', timestamp: 't' }, 'n1|1.2|t', true],
    ['manager', { id: '1.2', '@timestamp': 't' }, 'mgr|1.2|t', true],
    ['nothing without the time', { id: '1.2' }, '1.2', false],
    ['our key', { id: '1.2', vigia_ref: 'r' }, 'r', true],
  ])('is named by %s', (_, more, sourceRef, chosenRef) => {
    expect(alertOf({ ...head, ...more })).toMatchObject({ sourceRef, chosenRef })
  })

  it('is the same in each of its envelopes, and the end of a response is none', () => {
    const bare = JSON.parse(fixtureText('sources/wazuh/wazuh4-ssh-bruteforce.json')) as JsonObject
    const { content: _, ...plain } = alertOf(bare)
    for (const envelope of [
      { severity: 3, all_fields: bare },
      { command: 'add', parameters: { alert: bare } },
    ]) {
      expect(wazuh.fits(envelope)).toBe(true)
      expect(alertOf(envelope)).toMatchObject(plain)
    }
    expect(mapWazuh({ command: 'delete', parameters: { alert: bare } }, 's')).toMatchObject({
      ...{ outcome: 'suppression', policy: 'wazuh-response-ended' },
    })
  })

  it.each([
    ['C:\\\\Windows\\\\a.exe', 'C:\\Windows\\a.exe'],
    ['\\\\\\\\files\\\\share', '\\\\files\\share'],
    ['\\"WINWORD.EXE\\" x', '"WINWORD.EXE" x'],
    ['C:\\Windows\\a.exe', 'C:\\Windows\\a.exe'],
    ['no backslash', 'no backslash'],
  ])('has the Windows text %s as %s', (commandLine, value) => {
    expect(found({ ...head, data: { win: { eventdata: { commandLine } } } })).toContain(
      `indicator command-line ${value}`,
    )
  })

  it('has the digests of Sysmon by their names', () => {
    const hashes = `MD5=${'a'.repeat(32)},SHA256=${'b'.repeat(64)},IMPHASH=${'c'.repeat(32)}`
    expect(found({ ...head, data: { win: { eventdata: { hashes } } } })).toEqual(
      expect.arrayContaining([
        `indicator hash ${'a'.repeat(32)}`,
        `indicator hash ${'b'.repeat(64)}`,
        `indicator imphash ${'c'.repeat(32)}`,
      ]),
    )
  })

  it('that is something else is read as any other document', () => {
    expect(wazuh.fits({ rule: { name: 'r' }, agent: {} })).toBe(false)
    expect(alertOf({ title: 't' })).toMatchObject({ type: 'event', title: 't' })
  })
})

describe('a line of syslog_output', () => {
  const message =
    'Alert Level: 10; Rule: 5712 - a; b; Location: (web-01) 10.20.0.11->/var/log/auth.log; classification:  x,y,; srcip: 203.0.113.77; user: root; Mar 4 sshd: Failed; for root'

  it('has the fields that stand before the log', () => {
    const line = { vigia_line: `<132>Mar  4 11:05:12 mgr ossec: ${message}`, message, host: { name: 'mgr' } }
    expect(wazuhOfLine(line)).toEqual({
      rule: {
        level: 10,
        id: '5712',
        description: 'a; b',
        groups: ['  x', 'y', ''].map(text => text.replace('  ', ' ')),
      },
      agent: { name: 'web-01', ip: '10.20.0.11' },
      manager: { name: 'mgr' },
      data: { srcip: '203.0.113.77', dstuser: 'root' },
      full_log: 'Mar 4 sshd: Failed; for root',
      location: '(web-01) 10.20.0.11->/var/log/auth.log',
    })
  })

  it.each(['Alert Level: x', 'Alert Level: 10; Rule: 1', 'something else'])('is none in %j', text => {
    expect(wazuh.fits({ vigia_line: text })).toBe(false)
  })
})

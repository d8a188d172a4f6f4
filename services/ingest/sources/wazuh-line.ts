import type { JsonObject } from '../json-object.ts'
import { textAt } from './field-walk.ts'
import { lineKey } from './line.ts'

const begin = 'Alert Level: '
const head = /^Alert Level: (\d{1,2}); Rule: (\d{1,9}) - /
/** A rule's description and a location are shorter than this together. */
const longestHead = 64 * 1024
/** What stands between the location and the log, each only where the alert has it. */
const field =
  /^ ?(classification|srcip|dstip|user|Previous MD5|Current MD5|Previous SHA1|Current SHA1|Previous SHA256|Current SHA256): ([^;]*);/

const places: Readonly<Record<string, readonly [group: string, name: string]>> = {
  srcip: ['data', 'srcip'],
  dstip: ['data', 'dstip'],
  user: ['data', 'dstuser'],
  'Previous MD5': ['syscheck', 'md5_before'],
  'Current MD5': ['syscheck', 'md5_after'],
  'Previous SHA1': ['syscheck', 'sha1_before'],
  'Current SHA1': ['syscheck', 'sha1_after'],
  'Previous SHA256': ['syscheck', 'sha256_before'],
  'Current SHA256': ['syscheck', 'sha256_after'],
}

/** Whether a line of a log is what Wazuh's `syslog_output` writes in its default format. */
export function isWazuhLine(body: JsonObject): boolean {
  const { message, [lineKey]: line } = body
  if (typeof line !== 'string') return false
  return typeof message === 'string' ? message.startsWith(begin) : line.startsWith(begin)
}

/** The alert that such a line tells, in the form of alerts.json; it has no id and a time without a year. */
export function wazuhOfLine(body: JsonObject): JsonObject | undefined {
  const text = typeof body.message === 'string' ? body.message : String(body[lineKey])
  const [rule = '', level, id] = head.exec(text) ?? []
  const [line = ''] = text.slice(0, longestHead).split('\n', 1)
  const before = '; Location: '
  const place = line.indexOf(before, rule.length)
  const end = line.indexOf(';', place + before.length)
  if (rule === '' || place === -1 || end === -1) return undefined
  const description = line.slice(rule.length, place)
  const location = line.slice(place + before.length, end)
  const groups: Record<string, Record<string, string>> = {}
  let classification: string[] = []
  let rest = text.slice(end + 1)
  for (let next = field.exec(rest); next !== null; next = field.exec(rest)) {
    const [whole, name = '', value = ''] = next
    const named = places[name]
    if (named === undefined) classification = value.split(',')
    else groups[named[0]] = { ...groups[named[0]], [named[1]]: value.trim() }
    rest = rest.slice(whole.length)
  }
  const [, agent, ip] = /^\((.{1,128}?)\) (?:([\da-f.:]{3,45})->)?/.exec(location) ?? []
  const manager = textAt(body, ['host.name'])
  return {
    rule: { level: Number(level), id, description, groups: classification },
    ...(agent === undefined ? {} : { agent: { name: agent, ip } }),
    ...(manager === undefined ? {} : { manager: { name: manager } }),
    ...(body['@timestamp'] === undefined ? {} : { '@timestamp': body['@timestamp'] }),
    ...groups,
    full_log: rest.trim(),
    location,
  }
}

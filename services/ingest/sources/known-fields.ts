import type { Role } from '../../../core/observable/types.ts'

/**
 * What a field of a known name holds: `host` is an address or a name, `digests` are pairs such as `MD5=…,SHA256=…`, `text`
 * has observables inside, `none` has none.
 */
export type FieldMeaning = { readonly type: string; readonly role: Role }

const begin = '(?:^|[._])'

/** Fields whose texts tell of the record, the rule or the shipper, and are not searched. */
const unsearched: readonly RegExp[] = [
  /(?:^|\.)(?:@timestamp|@version|@metadata.*|_id|_index|_type|timestamp|date)$/,
  /(?:^|\.)(?:vigia_|rule_param_|num_(?:hits|matches)$|rule_name$|rulename$)/,
  /(?:^|\.)kibana\.(?:alert\.(?:rule|ancestors|url|uuid)|space_ids|version)/,
  /(?:^|\.)signal\.(?:rule|_meta|parents?|ancestors|original_event)\./,
  /(?:^|\.)(?:references?|externallink|results_link|permalink|dashboard|\w+_discover_url|link|tags)$/,
  /(?:^|\.)(?:payload|packet|payload_printable|http_response_body_printable)$/,
  /(?:^|\.)rule\.(?!description)/,
  /(?:^|\.)threat\.(?:framework$|tactic|technique|enrichments\.(?:matched|indicator))/,
  /(?:^|\.)event\.(?:dataset|module|kind|category|type|outcome|code|provider|id|hash|created|ingested)$/,
  /(?:^|\.)(?:ecs\.version|input\.type|fileset\.name|data_stream\.\w+|cluster\.(?:name|node)|decoder\.(?:name|parent))$/,
  /(?:^|\.)(?:agent|service)\.(?:id|type|version|ephemeral_id|build\.original)$/,
  /(?:^|\.)log\.(?:file\.path|level|logger|origin\.\w+)/,
  /(?:^|\.)cloud\.(?:account|instance|machine|project|provider|region|availability_zone|service)/,
]

/**
 * Fields by name, ECS first, then what Wazuh, Splunk, Suricata and Zeek call the same; the first match holds. Matched
 * against the lower-cased field path, so `_source.source.ip` and `alerts.source.ip` mean what `source.ip` means.
 */
const meanings: readonly (readonly [pattern: RegExp, type: string, role: Role])[] = [
  [/(?:^|\.)(?:source|client|src)\.(?:nat\.)?ip$/, 'ip', 'source'],
  [/(?:^|\.)(?:source|client|src)\.(?:address|domain|registered_domain)$/, 'host', 'source'],
  [/(?:^|\.)(?:destination|server|dest|dst)\.(?:nat\.)?ip$/, 'ip', 'target'],
  [/(?:^|\.)(?:destination|server|dest|dst)\.(?:address|domain|registered_domain)$/, 'host', 'target'],
  [/(?:^|\.)(?:host|agent|observer|manager)\.ip$/, 'ip', 'observer'],
  [/(?:^|\.)(?:host|agent|observer|manager)\.(?:name|hostname)$/, 'hostname', 'observer'],
  [/(?:^|\.)(?:computer_name|computer|predecoder\.hostname|devicednsname)$/, 'hostname', 'observer'],
  [new RegExp(`${begin}(?:src|source|client|attacker|remote)_?(?:ip|addr|address)$`), 'ip', 'source'],
  [/(?:^|\.)(?:id\.orig_h|ipaddress|clientip|sourceipaddress|xff)$/, 'ip', 'source'],
  [new RegExp(`${begin}(?:dst|dest|destination|target|victim|server)_?(?:ip|addr|address)$`), 'ip', 'target'],
  [/(?:^|\.)id\.resp_h$/, 'ip', 'target'],
  [/(?:^|\.)(?:src|attacker)$/, 'host', 'source'],
  [/(?:^|\.)(?:dest|dst|victim)$/, 'host', 'target'],

  [/(?:^|\.)(?:vulnerability\.(?:id|cve)|cve)$/, 'cve', 'indicator'],
  [/(?:^|\.)(?:process\.(?:parent\.)?command_line|(?:parent)?command_?line)$/, 'command-line', 'indicator'],
  [/(?:^|\.)(?:registry\.path|eventdata\.targetobject)$/, 'registry', 'indicator'],
  [/(?:^|\.)(?:tls\.client\.ja3|ja3|ja3\.hash)$/, 'ja3', 'indicator'],
  [/(?:^|\.)(?:tls\.server\.ja3s|ja3s|ja3s\.hash)$/, 'ja3s', 'indicator'],
  [/(?:^|\.)(?:tls\.client\.)?ja4$/, 'ja4', 'indicator'],
  [/(?:^|\.)(?:hash\.)?ssdeep$/, 'ssdeep', 'indicator'],
  [/(?:^|\.)(?:hash\.)?tlsh$/, 'tlsh', 'indicator'],
  [/(?:^|\.)(?:pe\.)?imphash$/, 'imphash', 'indicator'],
  [/(?:^|\.)(?:source|client)\.mac$/, 'mac', 'source'],
  [/(?:^|\.)(?:destination|server)\.mac$/, 'mac', 'target'],
  [/(?:^|\.)(?:host|observer)\.mac$/, 'mac', 'observer'],
  [/(?:^|\.)(?:(?:source|client)\.user\.name|srcuser|src_user|subjectusername)$/, 'username', 'source'],
  [
    /(?:^|\.)(?:(?:destination|server)\.user\.name|user\.target\.name|dstuser|dst_user|dest_user|targetusername)$/,
    'username',
    'target',
  ],
  [/(?:^|\.)(?:user\.name|user\.effective\.name|related\.user|eventdata\.user|uname_after)$/, 'username', 'mentioned'],

  [/(?:^|\.)(?:email\.(?:from|sender|reply_to)\.address|mail_?from|sender)$/, 'mail', 'source'],
  [/(?:^|\.)(?:email\.(?:to|cc|bcc)\.address|rcpt_?to|recipient)$/, 'mail', 'target'],
  [/(?:^|\.)indicator\.email\.address$/, 'mail', 'indicator'],
  [/(?:^|\.)(?:email\.subject|subject)$/, 'mail-subject', 'indicator'],

  [/(?:^|\.)(?:dns\.resolved_ip|indicator\.ip)$/, 'ip', 'indicator'],
  [/(?:^|\.)(?:dns\.question\.(?:name|registered_domain)|rrname|query_name)$/, 'host', 'indicator'],
  [/(?:^|\.)dns\.answers\.(?:data|name)$/, 'text', 'indicator'],
  [/(?:^|\.)(?:server_name|sni|url\.(?:domain|registered_domain)|http\.hostname)$/, 'host', 'indicator'],
  [/(?:^|\.)(?:url\.(?:full|original)|threat\.indicator\.url\.full|url|uri)$/, 'url', 'indicator'],
  [/(?:^|\.)url\./, 'none', 'mentioned'],
  [/(?:^|\.)hash\.(?:md5|sha1|sha224|sha256|sha384|sha512)$/, 'hash', 'indicator'],
  [new RegExp(`${begin}(?:md5|sha1|sha256|sha512)(?:_after)?$`), 'hash', 'indicator'],
  [new RegExp(`${begin}(?:md5|sha1|sha256|sha512)_before$`), 'hash', 'mentioned'],
  [/(?:^|\.)(?:file_?hash|threat\.indicator\.file\.hash)$/, 'hash', 'indicator'],
  [/(?:^|\.)eventdata\.hashes$/, 'digests', 'indicator'],
  [
    /(?:^|\.)(?:file\.(?:name|path)|file_?name|attachment|attachments\.file\.name|syscheck\.path|virustotal\.source\.file)$/,
    'filename',
    'indicator',
  ],
  [/(?:^|\.)(?:user_agent\.original|http_user_agent|user_agent|useragent)$/, 'user-agent', 'mentioned'],

  [/(?:^|\.)related\.ip$/, 'ip', 'mentioned'],
  [/(?:^|\.)related\.hash$/, 'hash', 'mentioned'],
  [/(?:^|\.)related\.hosts$/, 'host', 'mentioned'],
]

/** The end of a name tells what the field holds; what lies before it, in how many objects the field lies. */
const longestField = 256

/** Senders use the same few names over and over; the bounds, in names and in their length, are for the one who does not. */
const mostRemembered = 20_000
const remembered = new Map<string, FieldMeaning>()

/** What a field holds by its name; every other text is searched for observables, which are then only `mentioned`. */
export function meaningOf(field: string): FieldMeaning {
  const before = remembered.get(field)
  if (before !== undefined) return before
  const name = field.slice(-longestField).toLowerCase()
  const meaning = unsearched.some(pattern => pattern.test(name)) ? none : knownMeaning(name)
  if (field.length >= longestField) return meaning
  if (remembered.size >= mostRemembered) remembered.clear()
  remembered.set(field, meaning)
  return meaning
}

const none: FieldMeaning = { type: 'none', role: 'mentioned' }

function knownMeaning(name: string): FieldMeaning {
  const known = meanings.find(([pattern]) => pattern.test(name))
  return known ? { type: known[1], role: known[2] } : { type: 'text', role: 'mentioned' }
}

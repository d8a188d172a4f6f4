import type { Role } from '../../../core/observable/types.ts'

/** What a field of a known name holds: `host` is an address or a name, `text` has observables inside, `none` has none. */
export type FieldMeaning = { readonly type: string; readonly role: Role }

const begin = '(?:^|[._])'

/**
 * Fields by name, ECS first, then what Wazuh, Splunk, Suricata and Zeek call the same; the first match holds. Matched
 * against the lower-cased field path, so `_source.source.ip` and `alerts.source.ip` mean what `source.ip` means.
 */
const meanings: readonly (readonly [pattern: RegExp, type: string, role: Role])[] = [
  [/(?:^|\.)(?:@timestamp|@version|@metadata.*|_id|_index|_type|ecs\.version|timestamp|date)$/, 'none', 'mentioned'],
  [/(?:^|\.)(?:vigia_|rule_param_|num_(?:hits|matches)$|rule_name$|rulename$)/, 'none', 'mentioned'],
  [/(?:^|\.)kibana\.(?:alert\.(?:rule|ancestors|url|uuid)|space_ids|version)/, 'none', 'mentioned'],
  [/(?:^|\.)(?:references?|externallink|results_link|dashboard|\w+_discover_url|link|tags)$/, 'none', 'mentioned'],
  [/(?:^|\.)(?:payload|packet|payload_printable|http_response_body_printable)$/, 'none', 'mentioned'],
  [/(?:^|\.)rule\.(?!description)/, 'none', 'mentioned'],

  [/(?:^|\.)(?:source|client|src)\.(?:nat\.)?ip$/, 'ip', 'source'],
  [/(?:^|\.)(?:source|client|src)\.(?:address|domain|registered_domain)$/, 'host', 'source'],
  [/(?:^|\.)(?:destination|server|dest|dst)\.(?:nat\.)?ip$/, 'ip', 'target'],
  [/(?:^|\.)(?:destination|server|dest|dst)\.(?:address|domain|registered_domain)$/, 'host', 'target'],
  [/(?:^|\.)(?:host|agent|observer|manager)\.ip$/, 'ip', 'observer'],
  [/(?:^|\.)(?:host|agent|observer|manager)\.(?:name|hostname)$/, 'hostname', 'observer'],
  [/(?:^|\.)(?:computer_name|computer|predecoder\.hostname|devicednsname)$/, 'hostname', 'observer'],
  [new RegExp(`${begin}(?:src|source|client|attacker|remote)_?(?:ip|addr|address)$`), 'ip', 'source'],
  [/(?:^|\.)(?:id\.orig_h|ipaddress|clientip|xff)$/, 'ip', 'source'],
  [new RegExp(`${begin}(?:dst|dest|destination|target|victim|server)_?(?:ip|addr|address)$`), 'ip', 'target'],
  [/(?:^|\.)id\.resp_h$/, 'ip', 'target'],
  [/(?:^|\.)(?:src|attacker)$/, 'host', 'source'],
  [/(?:^|\.)(?:dest|dst|victim)$/, 'host', 'target'],

  [/(?:^|\.)(?:email\.(?:from|sender|reply_to)\.address|mail_?from|sender)$/, 'mail', 'source'],
  [/(?:^|\.)(?:email\.(?:to|cc|bcc)\.address|rcpt_?to|recipient)$/, 'mail', 'target'],
  [/(?:^|\.)(?:email\.subject|subject)$/, 'mail-subject', 'indicator'],

  [/(?:^|\.)(?:dns\.resolved_ip|threat\.indicator\.ip|indicator\.ip)$/, 'ip', 'indicator'],
  [/(?:^|\.)(?:dns\.question\.(?:name|registered_domain)|rrname|query_name)$/, 'host', 'indicator'],
  [/(?:^|\.)dns\.answers\.(?:data|name)$/, 'text', 'indicator'],
  [/(?:^|\.)(?:server_name|sni|url\.(?:domain|registered_domain)|http\.hostname)$/, 'host', 'indicator'],
  [/(?:^|\.)(?:url\.(?:full|original)|threat\.indicator\.url\.full|url|uri)$/, 'url', 'indicator'],
  [/(?:^|\.)url\./, 'none', 'mentioned'],
  [/(?:^|\.)hash\.(?:md5|sha1|sha224|sha256|sha384|sha512)$/, 'hash', 'indicator'],
  [new RegExp(`${begin}(?:md5|sha1|sha256|sha512)(?:_after)?$`), 'hash', 'indicator'],
  [/(?:^|\.)(?:file_?hash|threat\.indicator\.file\.hash)$/, 'hash', 'indicator'],
  [/(?:^|\.)eventdata\.hashes$/, 'text', 'indicator'],
  [/(?:^|\.)(?:file\.name|file_?name|attachment|attachments\.file\.name)$/, 'filename', 'indicator'],
  [/(?:^|\.)(?:user_agent\.original|http_user_agent|user_agent|useragent)$/, 'user-agent', 'mentioned'],

  [/(?:^|\.)related\.ip$/, 'ip', 'mentioned'],
  [/(?:^|\.)related\.hash$/, 'hash', 'mentioned'],
  [/(?:^|\.)related\.hosts$/, 'host', 'mentioned'],
]

/** Senders use the same few names over and over; the bound is for the one who does not. */
const mostRemembered = 20_000
const remembered = new Map<string, FieldMeaning>()

/** What a field holds by its name; every other text is searched for observables, which are then only `mentioned`. */
export function meaningOf(field: string): FieldMeaning {
  const before = remembered.get(field)
  if (before !== undefined) return before
  const name = field.toLowerCase()
  const known = meanings.find(([pattern]) => pattern.test(name))
  const meaning: FieldMeaning = known ? { type: known[1], role: known[2] } : { type: 'text', role: 'mentioned' }
  if (remembered.size >= mostRemembered) remembered.clear()
  remembered.set(field, meaning)
  return meaning
}

/** What some public definitions say, and what is meant. */
const spellings: ReadonlyMap<string, string> = new Map([
  ['mail_subject', 'mail-subject'],
  ['network', 'cidr'],
  ['btc_address', 'btc'],
  ['ja4-fingerprint', 'ja4'],
  ['cve_id', 'cve'],
  ['cveid', 'cve'],
])

/**
 * One spelling for the data types that neurons spell in two ways: 11 public definitions say `mail-subject` and 9
 * `mail_subject` (reference section 2). All else stays as it is; types are a free vocabulary.
 */
export function normaliseDataType(dataType: string): string {
  return spellings.get(dataType) ?? dataType
}

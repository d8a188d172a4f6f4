/**
 * One spelling for the data types that neurons spell in two ways: 11 public definitions say `mail-subject` and 9
 * `mail_subject` (reference section 2). All else stays as it is; types are a free vocabulary.
 */
export function normaliseDataType(dataType: string): string {
  return dataType === 'mail_subject' ? 'mail-subject' : dataType
}

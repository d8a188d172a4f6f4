export const kinds = ['elastalert-hive', 'elastalert-post', 'thehive', 'suricata', 'generic'] as const

/** What a source sends: which mapper reads it. */
export type Kind = (typeof kinds)[number]

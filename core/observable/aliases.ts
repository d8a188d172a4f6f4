import { isObservableType, type ObservableType } from './types.ts'

const spellings: Readonly<Record<ObservableType, string>> = {
  ip: 'ipv4 ipv6 ip-address ip-addr ipv4-addr ipv6-addr ip-src ip-dst src-ip dst-ip source-ip destination-ip',
  cidr: 'network subnet ip-range',
  domain: 'domain-name dns-name',
  fqdn: '',
  hostname: 'host host-name computer computer-name target-machine',
  url: 'uri link',
  uri_path: 'uri-path url-path',
  mail: 'email e-mail email-address mail-address email-addr email-src email-dst target-email email-reply-to',
  'mail-subject': 'subject email-subject',
  hash: 'md5 sha1 sha-1 sha224 sha-224 sha256 sha-256 sha384 sha-384 sha512 sha-512 file-hash filehash',
  filename: 'file-name email-attachment attachment',
  file: '',
  registry: 'regkey registry-key reg-key windows-registry-key',
  'user-agent': 'useragent http-user-agent',
  'autonomous-system': 'as asn as-number',
  cve: 'vulnerability cve-id',
  mac: 'mac-address mac-addr',
  username: 'user user-name account user-account target-user login',
  regexp: 'regex pattern-in-traffic',
  other: 'text string',
  ssdeep: 'fuzzy-hash',
  tlsh: '',
  imphash: 'imp-hash import-hash',
  ja3: 'ja3-hash ja3-fingerprint ja3-fingerprint-md5',
  ja3s: 'ja3s-hash ja3s-fingerprint ja3s-fingerprint-md5',
  ja4: 'ja4-fingerprint',
  iban: 'bank-account',
  btc: 'bitcoin bitcoin-address btc-address wallet-address',
  'mitre-technique': 'technique attack-technique mitre-attack-technique ttp',
  'command-line': 'commandline cmdline process-command-line processcommandline process-args',
}

const byName: ReadonlyMap<string, ObservableType> = new Map(
  Object.entries(spellings).flatMap(([type, names]) =>
    [type.replaceAll('_', '-'), ...names.split(' ').filter(Boolean)].map(
      name => [name, type as ObservableType] as const,
    ),
  ),
)

/** The type that a name means, in any case, with `_`, `-` or a space; also the plain types of MISP and STIX. */
export function aliasOf(name: string): ObservableType | undefined {
  if (isObservableType(name)) return name
  return name.length > 64
    ? undefined
    : byName.get(
        name
          .trim()
          .toLowerCase()
          .replaceAll(/[\s_]+/g, '-'),
      )
}

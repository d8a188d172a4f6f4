import type { Random } from '../../../runtime/memory/random.ts'

/** What happened at one tenant, as several sensors tell of it: what their alerts share makes them one case. */
export type Incident = {
  readonly tenant: string
  readonly attacker: string
  readonly victim: string
  readonly host: string
  readonly site: string
  readonly path: string
  readonly user: string
  readonly sha256: string
  readonly rule: (typeof rules)[number]
}

const rules = [
  { id: 5712, name: 'SSH brute force from one address', technique: 'T1110', severity: 2, program: 'sshd' },
  { id: 31_103, name: 'SQL injection attempt in URI', technique: 'T1190', severity: 3, program: 'nginx' },
  { id: 92_213, name: 'Executable dropped in a user folder', technique: 'T1204.002', severity: 3, program: 'sysmon' },
  { id: 60_122, name: 'Logon from a new country', technique: 'T1078', severity: 2, program: 'auth' },
  { id: 80_792, name: 'Beacon to a rare destination', technique: 'T1071.001', severity: 4, program: 'proxy' },
  {
    id: 550,
    name: 'Integrity checksum of a web file changed',
    technique: 'T1565.001',
    severity: 1,
    program: 'syscheck',
  },
] as const

export function newIncident(random: Random, tenant: string, number: number): Incident {
  const rule = rules[random.below(rules.length)] ?? rules[0]
  return {
    tenant,
    attacker: `185.${20 + random.below(200)}.${random.below(256)}.${1 + random.below(254)}`,
    victim: `10.${random.below(32)}.${random.below(256)}.${1 + random.below(254)}`,
    host: `${['web', 'ws', 'db', 'mail'][random.below(4)]}-${String(random.below(400)).padStart(3, '0')}`,
    site: `cdn-${number.toString(36)}.${['badhost', 'freehost', 'login-check'][random.below(3)]}.net`,
    path: `/${['shop.php', 'wp-login.php', 'api/v2/items', 'download'][random.below(4)]}?id=${random.below(1_000_000)}`,
    user: ['ana', 'postgres', 'svc-backup', 'oracle', 'jlopez'][random.below(5)] ?? 'ana',
    sha256: hex(random, 64),
    rule,
  }
}

export function hex(random: Random, digits: number): string {
  let text = ''
  for (let left = digits; left > 0; left -= 6)
    text += random.below(0x1000000).toString(16).padStart(6, '0').slice(0, left)
  return text
}

/** A random uuid (version 4) as ElastAlert2 sends with every resend. */
export function uuid4(random: Random): string {
  const variant = (8 + random.below(4)).toString(16)
  return `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-${variant}${hex(random, 3)}-${hex(random, 12)}`
}

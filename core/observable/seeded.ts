/** Repeatable variety for property tests: the same seed gives the same values (mulberry32). */
export type Seeded = {
  readonly below: (limit: number) => number
  readonly one: <Item>(items: readonly Item[]) => Item
  /** Up to `most` of the pieces, in a row. */
  readonly textOf: (pieces: readonly string[], most: number) => string
  /** An observable as senders write them: in any case, defanged or not, with ports and dots. */
  readonly observable: () => { readonly type: string; readonly raw: string }
}

export function seeded(seed: number): Seeded {
  let state = seed >>> 0
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  const one = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item
  const textOf = (pieces: readonly string[], most: number) =>
    Array.from({ length: 1 + below(most) }, () => one(pieces)).join('')
  const hex = (length: number) => Array.from({ length }, () => one([...'0123456789abcdef'])).join('')
  const cased = (text: string) => one([text, text.toUpperCase()])
  const dot = () => one(['.', '.', '[.]', '(.)', '[dot]'])
  const name = () => {
    const labels = Array.from({ length: 1 + below(3) }, () => textOf(['evil', 'x', 'ñandú', '_q', 'a-b', '7'], 2))
    return [...labels, one(['com', 'example', 'co.uk', 'ru', 'COM.'])].join(dot())
  }
  const ip4 = () => Array.from({ length: 4 }, () => below(256)).join(dot())
  const ip6 = () => {
    const groups = Array.from({ length: 8 }, () => one(['0', '0', cased(hex(1 + below(4)))]))
    return one([groups.join(':'), `2001:db8::${groups[0]}`, `::ffff:${below(256)}.1.2.3`])
  }
  const observable = () =>
    one([
      () => ({ type: 'ip', raw: one([ip4(), ip6(), `[${ip6()}]`, `${ip6()}%eth0`]) }),
      () => ({ type: 'cidr', raw: one([`${ip4()}/${below(33)}`, `${ip6()}/${below(129)}`]) }),
      () => ({ type: one(['domain', 'fqdn', 'hostname']), raw: name() }),
      () => {
        const server = one([name(), ip4(), `[${ip6()}]`]) + one(['', ':80', ':8443', ':'])
        const path = textOf(['/A', '/b.php', '?q=Ü', '#f', '\\c', ' ', '[.]', '(at)', 'hxxp://', ''], 5)
        return { type: 'url', raw: one(['http://', 'HXXPS://', 'ftp[://]', 'tcp://u:p@']) + server + path }
      },
      () => ({ type: 'mail', raw: one(['Bob.B', 'a+b', 'é']) + one(['@', '[at]', '[@]']) + name() }),
      () => ({ type: 'hash', raw: one(['', 'sha256:', 'MD5=']) + cased(hex(one([32, 40, 64, 128]))) }),
      () => ({ type: 'cve', raw: cased(`cve-20${10 + below(16)}-${1_000 + below(90_000)}`) }),
      () => ({ type: 'mac', raw: Array.from({ length: 6 }, () => cased(hex(2))).join(one([':', '-', ''])) }),
      () => ({ type: 'autonomous-system', raw: one(['AS', '', 'asn ']) + one([`${below(70_000)}`, `${below(9)}.7`]) }),
      () => ({ type: one(['imphash', 'ja3', 'ja3s']), raw: cased(hex(32)) }),
      () => ({ type: 'tlsh', raw: one(['', 'T1', 't1']) + cased(hex(70)) }),
      () => ({
        type: 'ssdeep',
        raw: `${3 * 2 ** below(9)}:${textOf(['aB', '+', '/', '9'], 12)}:${hex(9)}${one(['', ',"a.exe"'])}`,
      }),
      () => ({ type: 'ja4', raw: cased(`t13d${1000 + below(9000)}h2_${hex(12)}_${hex(12)}`) }),
      () => ({
        type: 'iban',
        raw: one(['DE89 3704 0044 0532 0130 00', 'gb82west12345698765432', 'IBAN NO93 8601 1117 947']),
      }),
      () => ({
        type: 'btc',
        raw: one(['1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', cased('bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4')]),
      }),
      () => ({ type: 'mitre-technique', raw: `${cased('t1')}${100 + below(500)}${one(['', '.001', '/002'])}` }),
      () => {
        const hive = one([
          'HKLM',
          'hkcu:',
          'HKEY_USERS',
          '\\REGISTRY\\MACHINE',
          'Computer\\HKCR',
          'Software',
          'HKLM\\REGISTRY',
        ])
        return {
          type: 'registry',
          raw: hive + textOf(['\\', 'Run', '/', ' ', 'É', ':', 'HKLM\\', 'registry\\user'], 8),
        }
      },
      () => ({ type: one(['user-agent', 'command-line']), raw: textOf([' ', 'cmd.exe', '/c', '[.]', 'É'], 6) }),
      () => ({ type: one(['filename', 'regexp', 'other', 'nonsense']), raw: ` ${textOf(['a', '[.]', ' ', 'É'], 6)} ` }),
    ])()
  return { below, one, textOf, observable }
}

import { createHash } from 'node:crypto'
import type { Seeded } from '../../../core/observable/seeded.ts'

/** A value that a record holds: in normal form, of a type that both sides know. */
export type Planted = { readonly type: string; readonly value: string }

const tops =
  'com com com net org ru cn info xyz top io de fr br nl co.uk com.br app dev online site club live cloud support'.split(
    ' ',
  )
const words = 'cdn mail update secure login portal api static evil shop track pay data cloud img host gate sync'.split(
  ' ',
)
/** Addresses of the main network that were published as examples, or belong to charities. */
const wallets = [
  ...['1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', '1BoatSLRHtKNngkdXEeobR76b53LETtpyT', '1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2'],
  ...['3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy', '3Ai1JZ8pdJb2ksieUV8FsxSNVJCpoPi8W6', '17VZNX1SN5NtKa8UQFxwQbFeFc3iqRYhem'],
]

/** Variety for the corpus: the same seed gives the same values. */
export function valuesOf(random: Seeded) {
  const { below, one } = random
  const letters = (count: number) => Array.from({ length: count }, () => one([...'abcdefghijklmnoprstuvwxyz'])).join('')
  const hex = (length: number) =>
    createHash('sha512')
      .update(`${below(2 ** 31)}`)
      .digest('hex')
      .slice(0, length)
  const ip4 = () => `${1 + below(223)}.${below(256)}.${below(256)}.${1 + below(254)}`
  const ip6 = () => `2a0${below(9)}:${hex(4).replace(/^0+/, '') || '1'}:${below(900) + 1}::${below(900) + 1}`
  const name = () => `${one([letters(3 + below(9)), `${one(words)}-${letters(4)}`])}.${one(tops)}`
  const host = () => one([name(), `${one(words)}.${name()}`])
  const mac = () => hex(12).replaceAll(/..(?=.)/g, '$&:')
  const path = () =>
    `/${Array.from({ length: 1 + below(3) }, () => letters(2 + below(8))).join('/')}${one(['', '/', '.php', '.html', '?id=42', '?q=a&p=2'])}`
  return {
    ...{ letters, hex, ip4, ip6, host, mac, path },
    number: (most: number) => String(1 + below(most)),
    url: () => `${one(['http', 'https'])}://${one([host(), host(), ip4()])}${one(['', '', ':8080'])}${path()}`,
    mail: () => `${letters(3 + below(6))}${one(['', '.', '_'])}${letters(3)}@${host()}`,
    hash: () => hex(one([32, 40, 64, 128])),
    cve: () => `CVE-20${15 + below(12)}-${1000 + below(60_000)}`,
    system: () => String(1000 + below(64_000)),
    wallet: () => one(wallets),
    ssdeep: () => `${3 * 2 ** below(12)}:${base64(hex(48))}:${base64(hex(30))}`,
    uuid: () => hex(32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    time: () =>
      `2026-0${1 + below(9)}-1${below(10)}T0${below(10)}:${10 + below(50)}:${10 + below(50)}.${100 + below(900)}Z`,
    blob: () => Buffer.from(hex(40 + below(60))).toString('base64'),
  }
}

export type Values = ReturnType<typeof valuesOf>

function base64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64').replaceAll('=', '')
}

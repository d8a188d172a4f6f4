import { hash } from 'node:crypto'

/**
 * Values that prove themselves: IBANs by their remainder (ISO 13616), bitcoin addresses by four bytes of a digest
 * (Base58Check) or by a code of six signs (BIP 173, BIP 350). What does not prove itself is none.
 */

/** How long the IBANs of each country are, by the registry of ISO 13616. */
const ibanLengths: ReadonlyMap<string, number> = new Map(
  `AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18
FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21
LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24
SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30`
    .split(/\s+/)
    .map(each => [each.slice(0, 2), Number(each.slice(2))]),
)

/** How many signs an IBAN that begins so has; undefined where no country gives out such. */
export function ibanLength(country: string): number | undefined {
  return ibanLengths.get(country)
}

/** The IBAN in capitals without blanks. */
export function iban(text: string): string | undefined {
  if (text.length > 64) return undefined
  const value = text
    .toUpperCase()
    .replace(/^IBAN[: ]*/, '')
    .replace(/[\s.-]/g, '')
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(value) || ibanLength(value.slice(0, 2)) !== value.length) return undefined
  let rest = 0
  for (const sign of value.slice(4) + value.slice(0, 4)) {
    const number = Number.parseInt(sign, 36)
    rest = (rest * (number > 9 ? 100 : 10) + number) % 97
  }
  return rest === 1 ? value : undefined
}

const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const bech32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'

/** The bitcoin address of the main network: Base58 as it is written, Bech32 in small letters. */
export function bitcoinAddress(text: string): string | undefined {
  if (/^[13][1-9A-HJ-NP-Za-km-z]{25,34}$/.test(text)) return isBase58Check(text) ? text : undefined
  if (!/^bc1[02-9ac-hj-np-z]{11,71}$/i.test(text)) return undefined
  const value = text.toLowerCase()
  // In mixed case it is void by BIP 173.
  if (text !== value && text !== text.toUpperCase()) return undefined
  return isSegwit(value) ? value : undefined
}

/** A version byte (0 or 5), twenty bytes, and the first four bytes of their twofold SHA-256. */
function isBase58Check(text: string): boolean {
  const bytes = new Uint8Array(25)
  for (const sign of text) {
    let carry = base58.indexOf(sign)
    for (let index = 24; index >= 0; index--) {
      carry += (bytes[index] ?? 0) * 58
      bytes[index] = carry & 0xff
      carry >>= 8
    }
    if (carry > 0) return false
  }
  const zeros = /^1*/.exec(text)?.[0].length ?? 0
  const firstByte = bytes.findIndex(byte => byte !== 0)
  if (zeros !== (firstByte === -1 ? 25 : firstByte) || ![0, 5].includes(bytes[0] ?? 0)) return false
  const check = sha256(sha256(bytes.subarray(0, 21)))
  return [0, 1, 2, 3].every(index => check[index] === bytes[21 + index])
}

function sha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer')
}

/** The witness version decides which of the two codes it is. */
function isSegwit(value: string): boolean {
  const signs = [...value.slice(3)].map(sign => bech32.indexOf(sign))
  const version = signs[0] ?? 32
  // 20 or 32 bytes for version 0, 2 to 40 for the others, in groups of five bits.
  const bytes = Math.floor(((signs.length - 7) * 5) / 8)
  if (version > 16 || bytes < 2 || bytes > 40 || (version === 0 && bytes !== 20 && bytes !== 32)) return false
  return polymod([3, 3, 0, 2, 3, ...signs]) === (version === 0 ? 1 : 0x2bc830a3)
}

function polymod(values: readonly number[]): number {
  const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]
  let check = 1
  for (const value of values) {
    const top = check >>> 25
    check = ((check & 0x1ffffff) << 5) ^ value
    for (const [bit, generator] of generators.entries()) if ((top >>> bit) & 1) check ^= generator
  }
  return check >>> 0
}

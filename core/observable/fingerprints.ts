/** Fingerprints of files and of TLS clients by their shapes; each in the spelling that its own tool prints. */

const ssdeepShape = /^(\d{1,10}):([a-z0-9+/]{1,64}):([a-z0-9+/]{1,64})$/i

/** `blocksize:hash:hash`, without the file name that the tool appends. The block size is three times a power of two. */
export function ssdeep(text: string): string | undefined {
  const value = text.replace(/,"[^"]*"$/, '')
  const blocks = Number(ssdeepShape.exec(value)?.[1]) / 3
  return Number.isInteger(blocks) && blocks >= 1 && Number.isInteger(Math.log2(blocks)) ? value : undefined
}

/** 70 hex digits in capitals behind `T1`, which older versions of the tool leave out. */
export function tlsh(text: string): string | undefined {
  const digits = /^(?:t1)?([\da-f]{70})$/i.exec(text)?.[1]
  return digits === undefined ? undefined : `T1${digits.toUpperCase()}`
}

/** An MD5 of something else than the file: of its imports, or of a TLS handshake. */
export function digestOfParts(text: string): string | undefined {
  const value = text.toLowerCase()
  return /^[\da-f]{32}$/.test(value) ? value : undefined
}

/**
 * JA4 (FoxIO): `t13d1516h2_8daaf6152771_b186095e22b6`: protocol, TLS version, SNI, counts of ciphers and extensions, ALPN;
 * then twelve hex digits each of both.
 */
export function ja4(text: string): string | undefined {
  const value = text.toLowerCase()
  return /^[tqd](?:1[0-3]|s[1-3]|d[1-3]|00)[di]\d{4}[a-z0-9]{2}_[\da-f]{12}_[\da-f]{12}$/.test(value)
    ? value
    : undefined
}

/** An ATT&CK technique or sub-technique: `T1059`, `T1059.001`, or with a slash as in the addresses of its pages. */
export function technique(text: string): string | undefined {
  const [, id, sub] = /^(t\d{4})(?:[./](\d{3}))?$/i.exec(text) ?? []
  if (id === undefined) return undefined
  return `${id.toUpperCase()}${sub === undefined ? '' : `.${sub}`}`
}

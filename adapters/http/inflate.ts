import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'

/** How a body is packed: not at all, with gzip, or in a way that is not understood. RFC 9110, 8.4. */
export type Packing = 'none' | 'gzip' | 'unknown'

export function packingOf(contentEncoding: string | undefined): Packing {
  const named = (contentEncoding ?? '').trim().toLowerCase()
  if (named === '' || named === 'identity') return 'none'
  return named === 'gzip' || named === 'x-gzip' ? 'gzip' : 'unknown'
}

const unpack = promisify(gunzip)

/** The unpacked bytes. It stops as soon as there are more than `limit`: a bomb costs no more than a body that is allowed. */
export async function inflated(bytes: Buffer, limit: number): Promise<Buffer | 'too large' | 'broken'> {
  try {
    return await unpack(bytes, { maxOutputLength: limit })
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE' ? 'too large' : 'broken'
  }
}

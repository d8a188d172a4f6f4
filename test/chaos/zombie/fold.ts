import { createHash } from 'node:crypto'

/** The state of one task: how many records it has folded, and a chain over their places, which any change of order breaks. */
export type Fold = { readonly count: number; readonly chain: string }

/** Where a record of an input lies. */
export type Place = { readonly topic: string; readonly partition: number; readonly offset: number }

/** What is written to the output for each record of an input. */
export type Copy = Fold & { readonly from: Place }

export const emptyFold: Fold = { count: 0, chain: '' }

export const placeName = ({ topic, partition, offset }: Place): string => `${topic}/${partition}/${offset}`

export function folded({ count, chain }: Fold, from: Place): Fold {
  const hash = createHash('sha256').update(`${chain} ${placeName(from)}`)
  return { count: count + 1, chain: hash.digest('hex').slice(0, 16) }
}

/** `Value` is a fold or a copy: both are plain JSON that only this folder writes. */
export const toBytes = (value: Fold | Copy): Buffer => Buffer.from(JSON.stringify(value))
export const foldIn = (bytes: Buffer | null): Fold => (bytes ? JSON.parse(bytes.toString()) : emptyFold)
export const copyIn = (bytes: Buffer | null): Copy => JSON.parse(String(bytes))

/**
 * Files by the sha256 of their bytes (hexadecimal, lower case), beside the log: a record holds the hash, never the file.
 * Nothing is removed by the store itself.
 */
export type ContentStore = {
  /**
   * Keeps the bytes, durably once it resolves, and answers their sha256. The same bytes again change nothing. Rejects with
   * `VIG_CONTENT_TOO_LARGE` (one file is over its limit), `VIG_CONTENT_FULL` (all together are, or the disk is full) or
   * `VIG_CONTENT_UNAVAILABLE`.
   */
  put(bytes: Buffer): Promise<string>
  /** Rejects with `VIG_CONTENT_UNAVAILABLE`. */
  has(sha256: string): Promise<boolean>
  /** `undefined` where there is none. Rejects with `VIG_CONTENT_UNAVAILABLE`, also where the bytes are not those of the hash. */
  get(sha256: string): Promise<Buffer | undefined>
}

/** Both in bytes. */
export type ContentLimits = { readonly maxFile: number; readonly maxTotal: number }

/** Whether a text can be the name of a file in the store. */
export function isSha256(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text)
}

/**
 * Where Kafka's frames begin in a stream of chunks: each is a length of 4 bytes and as many bytes behind it
 * (https://kafka.apache.org/protocol#protocol_common). Only the first `headerBytes` of a frame are ever held back, so a
 * fetch of megabytes passes in the chunks it came in.
 */
export type Scanner = {
  /** What may pass on of what came in so far; `refused`: the frame behind it was refused, and nothing passes any more. */
  scan(chunk: Buffer): { readonly pass: Buffer; readonly refused: boolean }
}

/** Above the 100 MiB that a broker takes (`socket.request.max.bytes`): no frame, but TLS or another protocol. */
const longestFrame = 128 * 1024 * 1024

/**
 * `judge` sees the header of each frame, its length included, and answers whether the frame may pass. A stream that is not
 * made of frames passes unread from where that shows.
 */
export function frameScanner(headerBytes: number, judge: (header: Buffer) => boolean): Scanner {
  let held: Buffer = Buffer.alloc(0)
  /** Bytes of the current frame that are still to come. */
  let rest = 0
  let isUnreadable = false
  return {
    scan(chunk) {
      if (isUnreadable) return { pass: chunk, refused: false }
      const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk])
      held = Buffer.alloc(0)
      let at = 0
      while (at < bytes.length) {
        if (rest > 0) {
          const step = Math.min(rest, bytes.length - at)
          rest -= step
          at += step
          continue
        }
        if (bytes.length - at < headerBytes) {
          held = Buffer.from(bytes.subarray(at))
          return { pass: bytes.subarray(0, at), refused: false }
        }
        const length = bytes.readInt32BE(at)
        if (length < headerBytes - 4 || length > longestFrame) {
          isUnreadable = true
          return { pass: bytes, refused: false }
        }
        if (!judge(bytes.subarray(at, at + headerBytes))) return { pass: bytes.subarray(0, at), refused: true }
        rest = 4 + length
      }
      return { pass: bytes, refused: false }
    },
  }
}

/** Of a request: length, apiKey, apiVersion, correlationId. */
export const requestHeaderBytes = 12
/** Of a response: length, correlationId. */
export const responseHeaderBytes = 8

/** What a connection has asked and not yet been answered: a response does not say what it answers, its place does. */
export type Pending = {
  asked(requestHeader: Buffer): number
  /** The apiKey that this response answers; undefined where nothing was asked under its number. */
  answered(responseHeader: Buffer): number | undefined
}

export function pendingRequests(): Pending {
  const keys = new Map<number, number>()
  return {
    asked(header) {
      const apiKey = header.readInt16BE(4)
      keys.set(header.readInt32BE(8), apiKey)
      return apiKey
    },
    answered(header) {
      const correlationId = header.readInt32BE(4)
      const apiKey = keys.get(correlationId)
      if (apiKey === undefined) return undefined
      // Responses keep the order of the requests: what was asked before this one gets no answer (Produce with acks 0).
      for (const earlier of keys.keys()) {
        keys.delete(earlier)
        if (earlier === correlationId) break
      }
      return apiKey
    },
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Held } from './byte-budget.ts'

/** What came of reading a body: its bytes, that it is longer than the limit, that all bodies are, or that the sender has gone. */
export type Read = Buffer | 'too large' | 'no room' | 'gone'

export function hasBody(request: IncomingMessage): boolean {
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
}

/**
 * Reads a body of at most `limit` bytes. A longer one is no longer kept from the moment it is known to be longer. Its bytes
 * are held before they come where the sender said how many, else as they come.
 */
export function readBody(request: IncomingMessage, limit: number, held: Held): Promise<Read> {
  const declared = Number(request.headers['content-length'] ?? 0)
  if (declared > limit) return Promise.resolve('too large')
  if (!held.take(declared)) return Promise.resolve('no room')
  return new Promise(resolve => {
    const chunks: Buffer[] = []
    let length = 0
    const settle = (read: Read) => {
      request.off('data', take).off('end', whole).off('close', gone)
      resolve(read)
    }
    const take = (chunk: Buffer) => {
      length += chunk.length
      if (length > limit) settle('too large')
      else if (length > declared && !held.take(chunk.length)) settle('no room')
      else chunks.push(chunk)
    }
    const whole = () => settle(Buffer.concat(chunks))
    const gone = () => settle('gone')
    request.on('data', take).on('end', whole).on('close', gone).on('error', gone)
  })
}

/** A sender that goes on writing after its answer is listened to for so long, and no longer. */
const patience = { bytes: 32 * 1024 * 1024, ms: 5_000 }

/**
 * Gives an answer to a request whose body was not read, and closes the connection. The rest of the body is thrown away
 * first: closing with unread bytes resets the connection, and the sender would lose the answer.
 */
export function answerUnread(request: IncomingMessage, response: ServerResponse, write: () => void): void {
  let left = patience.bytes
  const timer = setTimeout(end, patience.ms).unref()
  function end() {
    clearTimeout(timer)
    request.off('data', drop).off('end', end).off('close', end)
    response.end()
  }
  function drop(chunk: Buffer) {
    left -= chunk.length
    if (left < 0) end()
  }
  write()
  request.on('data', drop).on('end', end).on('close', end).on('error', end)
  request.resume()
  if (request.readableEnded || request.destroyed) end()
}

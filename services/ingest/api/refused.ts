import { digest } from '../../../core/ids.ts'
import type { Producer } from '../../../runtime/producer.ts'
import { sealHeaders } from '../trust.ts'

/** Larger refused bodies are answered but not recorded. */
const mostBytes = 1024 * 1024
/** Refused bodies that this instance remembers; a body that was forgotten is recorded again when it is refused again. */
const remembered = 10_000

export type Refused = {
  readonly tenant: string
  readonly source: string
  readonly bytes: Buffer
  /** What the sender was told. */
  readonly reason: string
}

/**
 * Puts refused bodies on `alerts.raw`, so that a sender that does it wrong is seen and counted; each body once per
 * instance, however often it is sent. Rejects as `Producer.raw` does; then it is not remembered.
 */
export function refusedRecorder(producer: Producer, sealSecret: string): (refused: Refused) => Promise<void> {
  const recorded = new Map<string, Promise<unknown>>()
  return async ({ tenant, source, bytes, reason }) => {
    if (bytes.length > mostBytes) return
    const body = digest([tenant, source, bytes.toString('latin1')])
    const before = recorded.get(body)
    recorded.delete(body)
    const told = Array.from(reason).slice(0, 1000).join('')
    const put =
      before ??
      producer.raw(bytes, sealHeaders({ tenant, source, origin: 'refused', refused: told }, bytes, sealSecret))
    recorded.set(body, put)
    const oldest = recorded.keys().next()
    if (recorded.size > remembered && !oldest.done) recorded.delete(oldest.value)
    try {
      await put
    } catch (error) {
      if (recorded.get(body) === put) recorded.delete(body)
      throw error
    }
  }
}

import './kafkajs.ts'
import { upstream } from './fixes/upstream.ts'

/** As much of kafkajs' requests as is looked at. */
export type Request = {
  readonly transactionalId?: string
  readonly transactionResult?: boolean
  readonly memberId?: string
  readonly topics?: readonly { readonly topic: string }[]
}
type Method =
  | 'addOffsetsToTxn'
  | 'addPartitionsToTxn'
  | 'endTxn'
  | 'fetch'
  | 'findGroupCoordinator'
  | 'heartbeat'
  | 'initProducerId'
  | 'joinGroup'
  | 'produce'
type Around = (request: Request, send: () => Promise<unknown>) => Promise<unknown>
type Requests = Record<Method, (request: Request) => Promise<unknown>>

/**
 * Stands between all clients of this process and the brokers, for tests: `around` sees each request of one kind, and may hold it, answer
 * it itself, or lose the answer. The function that is returned takes it away again.
 */
export function interpose(method: Method, around: Around): () => void {
  const { prototype } = upstream<{ prototype: Requests }>('broker/index.js')
  const before = prototype[method]
  prototype[method] = function (this: unknown, request) {
    return around(request, () => before.call(this, request))
  }
  return () => {
    prototype[method] = before
  }
}

/** An answer of a broker, by its code in the protocol. */
export function brokerError(code: number): Error {
  return upstream<{ createErrorFromCode(code: number): Error }>('protocol/error.js').createErrorFromCode(code)
}

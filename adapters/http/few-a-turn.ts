/**
 * Resolves for a few in each turn of the event loop, in order. Where the processor is what is short, all requests would else
 * be begun in one long turn, and the next ones wait in their sockets, where nobody counts them; and since libuv (1.45) accepts
 * one connection in each turn, turns have to be short for new senders to be heard at all.
 */
export function fewATurn(
  few: number,
  afterTurn: (callback: () => void) => void = callback => void setImmediate(callback),
): () => Promise<void> {
  const waiting: (() => void)[] = []
  const next = () => {
    for (const resolve of waiting.splice(0, few)) resolve()
    if (waiting.length > 0) afterTurn(next)
  }
  return () =>
    new Promise(resolve => {
      if (waiting.push(resolve) === 1) afterTurn(next)
    })
}

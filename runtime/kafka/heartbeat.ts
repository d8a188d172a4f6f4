/** Lets a task wait for the group's word that this member still belongs to it. */
export type Heartbeats = {
  /** Resolves when a heartbeat that was sent after this call has been answered well, or when the signal aborts. */
  next(signal: AbortSignal): Promise<void>
  beat(): void
}

export function heartbeats(): Heartbeats {
  // The first answer may belong to a heartbeat that was sent before the call; kafkajs has one under way at a time.
  const waiting = new Map<() => void, number>()
  return {
    next: signal =>
      new Promise<void>(resolve => {
        if (signal.aborted) return resolve()
        const end = () => {
          waiting.delete(end)
          signal.removeEventListener('abort', end)
          resolve()
        }
        waiting.set(end, 2)
        signal.addEventListener('abort', end)
      }),
    beat() {
      for (const [end, missing] of waiting) {
        if (missing > 1) waiting.set(end, missing - 1)
        else end()
      }
    },
  }
}

/**
 * As long as no max.poll.interval of the Java client would let pass: a handler that hangs must lose its partitions in the end, or
 * nobody would ever take them over.
 */
const BEAT_FOR_MS = 300_000

/**
 * Waits for `work` and keeps the member alive meanwhile: kafkajs sends heartbeats between batches only. A heartbeat that failed is
 * answered beside the result, never instead of it: what was handled is handled. Nothing helps a member whose event
 * loop is blocked for longer than the session timeout.
 */
export async function beatWhile<T>(
  work: Promise<T>,
  heartbeat: () => Promise<void>,
  everyMs: number,
  forMs = BEAT_FOR_MS,
): Promise<{ readonly result: T; readonly failure: { readonly error: unknown } | undefined }> {
  let failure: { readonly error: unknown } | undefined
  let beating = Promise.resolve()
  const until = Date.now() + forMs
  const timer = setInterval(() => {
    if (failure || Date.now() > until) return clearInterval(timer)
    beating = heartbeat().catch(error => {
      failure ??= { error }
    })
  }, everyMs)
  try {
    const result = await work
    clearInterval(timer)
    await beating
    return { result, failure }
  } finally {
    clearInterval(timer)
  }
}

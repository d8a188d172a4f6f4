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

/** Bytes that may be held at the same time, shared by all requests in hand. */
export type ByteBudget = { open(): Held }

/** What one request holds of it. */
export type Held = {
  /** False: there is no room for so many more; nothing is held for them. */
  take(bytes: number): boolean
  /** Gives all of it back. */
  release(): void
}

export function byteBudget(most: number): ByteBudget {
  let taken = 0
  return {
    open() {
      let own = 0
      return {
        take(bytes) {
          if (taken + bytes > most) return false
          taken += bytes
          own += bytes
          return true
        },
        release() {
          taken -= own
          own = 0
        },
      }
    },
  }
}

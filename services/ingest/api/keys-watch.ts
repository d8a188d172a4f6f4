import { messageOf } from '../../../core/errors.ts'
import { type ApiKey, keysOf } from './keys.ts'

/** Where the text of the keys can be read again. */
export type KeysText = { read(): Promise<string> }

export type WatchedKeys = {
  /** Those that hold now. */
  current(): readonly ApiKey[]
  /** Reads the text now; never rejects. */
  look(): Promise<void>
  /** Looks again and again, until it is told to stop. */
  follow(everyMs: number): () => void
}

export type WatchOptions = {
  readonly text: KeysText
  /** What the text was when the process started. */
  readonly first: string
  readonly say: (message: string) => void
}

/**
 * Keys that follow their text: what is revoked there is refused a moment later. A text with a bad line, or one that cannot
 * be read, changes nothing and is said once. Throws `VIG_CONFIG_INVALID` where the first text is bad.
 */
export function watchedKeys({ text, first, say }: WatchOptions): WatchedKeys {
  let keys = keysOf(first)
  let seen = first.trimEnd()
  let wrong = ''
  const complain = (problem: string) => {
    if (problem !== wrong) say(`the API keys stay as they were: ${problem}`)
    wrong = problem
  }

  async function look(): Promise<void> {
    try {
      const now = (await text.read()).trimEnd()
      if (now === seen) {
        wrong = ''
        return
      }
      keys = keysOf(now)
      seen = now
      wrong = ''
      say(`API keys: ${keys.length}, read again`)
    } catch (error) {
      complain(messageOf(error))
    }
  }

  return {
    current: () => keys,
    look,
    follow(everyMs) {
      const timer = setInterval(() => void look(), everyMs).unref()
      return () => clearInterval(timer)
    },
  }
}

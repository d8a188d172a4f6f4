import type { Socket } from 'node:net'
import type { Scanner } from './frame.ts'

/** One direction of one connection: chunks in order, each held for the delay that held when it came. */
export type Pipe = {
  /** Looks again at what may pass: after a freeze, a thaw, a change of the delay. */
  flow(): void
}

export type Weather = { delayMs: number; isFrozen: boolean }

type Piece = { readonly data: Buffer | 'end'; readonly due: number }

const mostHeld = 4 * 1024 * 1024

/**
 * Passes on what `source` sends to `sink`, and its end. `refused` is called once, when everything in front of the refused frame has been written.
 * A frozen pipe does not read, so what is sent waits where it would wait in a network: in the sender's buffers.
 */
export function pipe(
  source: Socket,
  sink: Socket,
  scanner: Scanner,
  weather: Readonly<Weather>,
  on: { readonly passed: (bytes: number) => void; readonly refused: () => void },
): Pipe {
  const queue: Piece[] = []
  let held = 0
  let isFull = false
  let isRefused = false
  let isOver = false
  let timer: NodeJS.Timeout | undefined

  const put = (data: Piece['data']) => {
    queue.push({ data, due: performance.now() + weather.delayMs })
    if (data !== 'end') held += data.length
    flow()
  }
  function flow(): void {
    clearTimeout(timer)
    while (!weather.isFrozen && !isFull) {
      const [piece] = queue
      if (piece === undefined) break
      const wait = piece.due - performance.now()
      if (wait > 0 && weather.delayMs > 0) {
        timer = setTimeout(flow, wait)
        break
      }
      queue.shift()
      if (piece.data === 'end') sink.end()
      else {
        held -= piece.data.length
        on.passed(piece.data.length)
        isFull = !sink.write(piece.data)
      }
    }
    if (weather.isFrozen || isFull || held > mostHeld) source.pause()
    else source.resume()
    if (!isRefused || isOver || queue.length > 0) return
    isOver = true
    on.refused()
  }

  source.on('data', chunk => {
    if (isRefused) return
    const { pass, refused } = scanner.scan(chunk)
    isRefused = refused
    if (pass.length > 0) put(pass)
    else if (refused) flow()
  })
  source.on('end', () => put('end'))
  sink.on('drain', () => {
    isFull = false
    flow()
  })
  sink.on('close', () => clearTimeout(timer))
  flow()
  return { flow }
}

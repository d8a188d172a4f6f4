/** Told after each batch: records read, of at most how many. */
export type Progress = (read: number, most: number) => void

/** Says how far a long read has come, every `everyMs`: a short one says nothing. */
export function progress(say: (text: string) => void, clock: () => number, everyMs = 3000): Progress {
  let last = clock()
  return (read, most) => {
    if (clock() - last < everyMs) return
    last = clock()
    say(`read ${read} of at most ${most} records`)
  }
}

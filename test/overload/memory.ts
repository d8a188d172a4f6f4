/** Bytes of a process, at a time (ms). */
export type Sample = { readonly at: number; readonly bytes: number }

export type MemoryVerdict = {
  readonly highest: number
  /** The highest of each third of the time. */
  readonly thirds: readonly [number, number, number]
  /** What is wrong, in words; none where it is bounded. */
  readonly problems: readonly string[]
}

const mostGrowth = 1.3
const fewest = 9

/** Bounded: under the cap at all times, and the last third of the time not above 1.3 times the second. */
export function memoryVerdict(samples: readonly Sample[], capBytes: number): MemoryVerdict {
  const [first, last] = [samples[0]?.at ?? 0, samples.at(-1)?.at ?? 0]
  const third = (last - first) / 3
  const highestOf = (part: number) =>
    Math.max(
      0,
      ...samples
        .filter(({ at }) => Math.min(2, Math.floor((at - first) / (third || 1))) === part)
        .map(({ bytes }) => bytes),
    )
  const thirds = [highestOf(0), highestOf(1), highestOf(2)] as const
  const highest = Math.max(...thirds)
  const problems = [
    ...(samples.length < fewest ? [`only ${samples.length} samples`] : []),
    ...(highest > capBytes ? [`${megabytes(highest)} MB, more than ${megabytes(capBytes)}`] : []),
    ...(thirds[2] > mostGrowth * thirds[1]
      ? [`it grows: ${thirds.map(megabytes).join(', ')} MB in the thirds of the time`]
      : []),
  ]
  return { highest, thirds, problems }
}

export function megabytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024)
}

const memoryLine = /^vigia_process_resident_memory_bytes(?:\{[^}]*\})? (\S+)$/m

/** Looks at the memory of a process by its metrics, until it is told to stop. */
export function watchMemory(metrics: string): { readonly samples: readonly Sample[]; stop(): void } {
  const samples: Sample[] = []
  let isLooking = false
  const timer = setInterval(() => {
    if (isLooking) return
    isLooking = true
    // Under too much load it answers late: a sample fewer then.
    fetch(`${metrics}/metrics`, { signal: AbortSignal.timeout(10_000) })
      .then(answer => answer.text())
      .then(text => {
        const bytes = Number(memoryLine.exec(text)?.[1])
        if (Number.isFinite(bytes)) samples.push({ at: performance.now(), bytes })
      })
      .catch(() => {})
      .finally(() => {
        isLooking = false
      })
  }, 500)
  return { samples, stop: () => clearInterval(timer) }
}

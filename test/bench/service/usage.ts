/** What a process has used, as its own metrics tell it: no tool of the system, and no right over the process, is needed. */
export type Usage = {
  readonly at: number
  /** CPU seconds since the process started, user and system. */
  readonly cpuSeconds: number
  readonly memoryMb: number
}

/** Of the services whose health and metrics are served at these addresses, by name. */
export async function usageOf(
  addresses: Readonly<Record<string, string | undefined>>,
): Promise<ReadonlyMap<string, Usage>> {
  const found = new Map<string, Usage>()
  for (const [name, address] of Object.entries(addresses)) {
    const answer = await fetch(`${address}/metrics`)
    found.set(name, { at: performance.now(), ...usageIn(await answer.text()) })
  }
  return found
}

/** In the text of a service's metrics; NaN where they do not tell. */
export function usageIn(metrics: string): Omit<Usage, 'at'> {
  const figure = (name: string) => {
    const line = metrics.split('\n').find(each => each.startsWith(`${name} `) || each.startsWith(`${name}{`))
    return Number(line?.slice(line.lastIndexOf(' ') + 1))
  }
  return {
    cpuSeconds: figure('vigia_process_cpu_seconds_total'),
    memoryMb: figure('vigia_process_resident_memory_bytes') / 2 ** 20,
  }
}

export type Load = { readonly cpuPercent: number; readonly memoryMb: number }

/** Percent of one core that each service used between two looks, and its memory at the second. */
export function loadBetween(
  before: ReadonlyMap<string, Usage>,
  after: ReadonlyMap<string, Usage>,
): ReadonlyMap<string, Load> {
  return new Map(
    [...after].flatMap(([name, now]) => {
      const then = before.get(name)
      if (then === undefined) return []
      const cpuPercent = ((now.cpuSeconds - then.cpuSeconds) / (now.at - then.at)) * 100_000
      return [[name, { cpuPercent, memoryMb: now.memoryMb }] as const]
    }),
  )
}

/** `case-builder` with its CPU becomes `caseBuilderCpuPercent`. */
export function figuresOf(loads: ReadonlyMap<string, Load>): Record<string, number> {
  const named = [...loads].flatMap(([name, { cpuPercent, memoryMb }]) => {
    const camel = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
    return [[`${camel}CpuPercent`, cpuPercent] as const, [`${camel}MemoryMb`, memoryMb] as const]
  })
  return Object.fromEntries(named)
}

/**
 * One thing that the benchmark measures. An item lies in a folder of its own, `test/bench/<name>/item.ts`, exports
 * `item`, and is listed in `test/bench/items.ts`. Its `run` is called once per repetition, each time in a fresh child
 * process that loads nothing but this item, so that its CPU is its own.
 */
export type Item = {
  readonly name: string
  /** What it does, in one line under the table; what is not obvious about the comparison belongs here. */
  readonly what: string
  /** True for one item: the ratios of all others are to it. */
  readonly baseline?: boolean
  /** Seconds after which a repetition is given up as failed; 300 by default. */
  readonly limitSeconds?: number
  /** How often, whatever `--reps` says: for an item that is long and steady. */
  readonly repetitions?: number
  /**
   * Done once, in a child process of its own, before the first repetition: fills what every repetition reads. It sees the
   * same `shared` prefix as the runs, and a `prefix` that is not used again.
   */
  prepare?(context: BenchContext): Promise<void>
  /**
   * One repetition. What feeds it must not be counted: fill topics before the measured part begins (`prepare`, or first
   * thing in `run`), or feed from another process. Processes that it starts must end with it. A rejection fails the item.
   */
  run(context: BenchContext): Promise<Figures>
}

/** Plain data: it travels to the child process. */
export type BenchContext = {
  readonly brokers: readonly string[]
  readonly registry: string
  /** Topic prefix that nothing else uses, another for each item and repetition, with its dot. */
  readonly prefix: string
  /** Topic prefix of the whole benchmark run, the same for `prepare` and every `run`, with its dot. */
  readonly shared: string
  /** From 0; -1 in `prepare`. */
  readonly repetition: number
  readonly partitions: number
  /** Records of a copy run, warm-up included. Items whose work per record is larger take a share of it. */
  readonly records: number
  readonly quick: boolean
}

/**
 * What a repetition found, by name; the unit is the end of the name (`p99Ms`, `memoryMb`, `cpuPercent`). Two names are
 * known to the table and stand beside their ratio to the baseline:
 * - `perSecond`: records per second;
 * - `cpuMicros`: CPU of the process (all its threads) per record, in µs. Here lower is better, and the ratio is turned
 *   round: baseline / this, so that in every ratio higher is better.
 *
 * Both are of the measured part alone: `meter` leaves the first half of the records out as warm-up, for every item.
 * The table shows the median of each figure over the repetitions.
 */
export type Figures = Readonly<Record<string, number>>

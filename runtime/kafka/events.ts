/** What a log over Kafka tells about itself, for metrics. Times in milliseconds. */
export type KafkaEvent =
  | {
      readonly type: 'transaction'
      readonly outcome: 'committed' | 'failed' | 'fenced'
      readonly group: string
      readonly partition: number
      readonly records: number
      readonly ms: number
    }
  /** From the pause to the resume: fencing, reading the offsets, and `open`, which restores the state. */
  | { readonly type: 'takeover'; readonly group: string; readonly partition: number; readonly ms: number }
  | { readonly type: 'rebalance'; readonly group: string; readonly partitions: readonly number[] }
  /** `restart`: kafkajs comes back by itself; otherwise the membership is over. */
  | { readonly type: 'crash'; readonly group: string; readonly restart: boolean; readonly reason: string }
  /** Whenever it changes: the largest distance of the high watermark from the last stable offset, in records, among what is read. */
  | { readonly type: 'unstable'; readonly group: string; readonly records: number }
  | { readonly type: 'request-timeout'; readonly group: string; readonly api: string; readonly broker: string }

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type LogLine = (level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>) => void

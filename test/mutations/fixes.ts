import type { Mutation } from './mutation.ts'

const cost = 'runtime/kafka/fixes-cost.broker.test.ts'
const retry = 'runtime/kafka/fixes-retry.broker.test.ts'
const fixes = 'runtime/kafka/fixes.broker.test.ts'
const compaction = 'runtime/kafka/compaction.broker.test.ts'
const membership = 'runtime/kafka/membership.broker.test.ts'
const leaders = 'runtime/kafka/leaders.broker.test.ts'
const refusals = 'runtime/kafka/refusals.broker.test.ts'
const load = 'runtime/kafka/fixes/load.ts'

const unloaded = (call: string) => [{ file: load, find: `  ${call}()\n`, replace: '' }]

/** The fixes that are carried for kafkajs, see runtime/kafka/README.md. */
export const fixMutations: readonly Mutation[] = [
  {
    name: 'D1',
    what: 'the filter of aborted records',
    edits: unloaded('fixAborted'),
    tests: { file: fixes, title: 'D1' },
  },
  {
    name: 'grouping',
    what: 'grouping a send in one pass',
    // Not the whole fix: without it kafkajs would also ask for a partitioner, which we never need.
    edits: [
      {
        file: 'runtime/kafka/fixes/grouping.ts',
        find: '    if (group) group.push(message)\n    else groups[partition] = [message]\n',
        replace: '    groups[partition] = [...(group ?? []), message]\n',
      },
    ],
    tests: { file: cost, title: 'grouping' },
  },
  {
    name: 'D2',
    what: 'the timers of the request queue',
    edits: unloaded('fixRequestQueue'),
    tests: { file: cost, title: 'D2' },
  },
  {
    name: 'D3',
    what: 'our own retries',
    // What kafkajs takes where nothing is said, idempotent or not.
    edits: [
      {
        file: 'runtime/kafka/client.ts',
        find: 'transactions: transactionRetry, append: briefRetry }',
        replace:
          'transactions: transactionRetry, append: { retries: 5, initialRetryTime: 300, multiplier: 2, maxRetryTime: 30_000 } }',
      },
    ],
    tests: { file: retry, title: 'D3' },
  },
  {
    name: 'D5',
    what: 'asking again while a transaction is being finished',
    edits: unloaded('fixTransactionRetry'),
    tests: { file: fixes, title: 'D5' },
  },
  {
    name: 'coordinator-cache',
    what: 'remembering the coordinators',
    edits: unloaded('fixCoordinatorLookups'),
    tests: { file: cost, title: 'coordinator cache' },
  },
  {
    name: 'transaction-patience',
    what: 'the patience of the transaction manager',
    edits: unloaded('fixTransactionPatience'),
    tests: { file: retry, title: 'patience' },
  },
  {
    name: 'D7',
    what: 'cutting what goes to one partition',
    edits: [
      {
        file: 'runtime/kafka/size.ts',
        find: 'held + bytes > limitOf(topic)',
        replace: 'held + bytes > Number.POSITIVE_INFINITY',
      },
    ],
    tests: { file: membership, title: 'cuts a large fetch' },
  },
  {
    name: 'D8',
    what: 'the produce request in one buffer',
    edits: unloaded('fixProduceRequest'),
    tests: { file: cost, title: 'D8' },
  },
  {
    name: 'D9-reader',
    what: 'how far a compacted batch reached, for readers',
    edits: [
      {
        file: 'runtime/kafka/fixes/compaction.ts',
        find: 'messages.nextOffset = String(BigInt(batch.firstOffset) + BigInt(batch.lastOffsetDelta) + 1n)',
        replace:
          'messages.nextOffset = String(BigInt((batch.records.at(-1) as { offset?: string })?.offset ?? batch.firstOffset) + 1n)',
      },
    ],
    tests: { file: compaction, title: 'is read to its end' },
  },
  {
    name: 'D9-consumer',
    what: 'how far a compacted batch reached, for tasks',
    edits: [
      {
        file: 'runtime/kafka/fixes/compaction.ts',
        find: "  stepOverGaps(upstream<{ prototype: Batch }>('consumer/batch.js').prototype)\n",
        replace: '',
      },
    ],
    tests: { file: compaction, title: 'is delivered to a task' },
  },
  {
    name: 'D10',
    what: 'remembering for each partition what has been sent',
    edits: unloaded('fixSendMessages'),
    tests: { file: leaders, title: 'D10' },
  },
  {
    name: 'D11',
    what: 'decoding records with plain numbers',
    edits: unloaded('fixRecordDecoder'),
    tests: { file: cost, title: 'D11' },
  },
  {
    name: 'sequence-numbers',
    what: 'a new producer after a failed append',
    edits: [
      {
        file: 'runtime/kafka/appender.ts',
        find: '        discard()\n        topics.forgetSizes()\n',
        replace: '        topics.forgetSizes()\n',
      },
    ],
    tests: { file: retry, title: 'sequence numbers' },
  },
  {
    name: 'stable-offsets',
    what: 'waiting for offsets that are on their way',
    edits: [
      {
        file: 'runtime/kafka/offset-fetch.ts',
        find: 'const requireStable = final || waited < STABLE_WITHIN_MS',
        replace: 'const requireStable = false',
      },
    ],
    tests: { file: fixes, title: 'an offset in an open transaction' },
  },
  {
    name: 'refused-certificates',
    what: 'asking no more where TLS is refused',
    edits: unloaded('fixRefusals'),
    tests: { file: refusals, title: 'TLS refusals' },
  },
  {
    name: 'refused-coordinators',
    what: 'telling that a right to a coordinator is missing',
    edits: unloaded('fixCoordinatorRefusals'),
    tests: { file: refusals, title: 'coordinator refusals' },
  },
  {
    name: 'log-lines',
    what: 'leaving out what a transaction waits for',
    edits: [
      {
        file: 'runtime/kafka/client.ts',
        find: "  if (typeof reason === 'string' && reason.includes(concurrentTransactions)) return\n",
        replace: '',
      },
    ],
    tests: { file: cost, title: 'log lines' },
  },
]

import type { Mutation } from './mutation.ts'

const takeover = 'runtime/kafka/takeover.broker.test.ts'
const membership = 'runtime/kafka/membership.broker.test.ts'
const contract = 'test/contract/log.kafka.test.ts'
const engine = 'runtime/engine/after-commit.broker.test.ts'
const tasks = 'runtime/kafka/member-tasks.ts'
const member = 'runtime/kafka/membership.ts'

const fence =
  'const producer = await fencePredecessor(parts.producers, group, partition, settings.transactionTimeoutMs)'
const positions = 'const positions = await readPositions(topics, { group, inputs, state, partition })'
const open = 'await handler.open(run.task, kept && arePositionsEqual(kept.reached, positions) ? kept.task : null)'
const restore = 'restore: (topic, signal) => parts.restore(topic, partition, signal),'
const lastMoment = { file: takeover, title: 'sees what its predecessor committed' }

/** The rules of the take-over and of a reign, see runtime/kafka/README.md. */
export const ruleMutations: readonly Mutation[] = [
  {
    name: 'one-id',
    what: 'one transactional id for a task, whoever owns it',
    edits: [
      {
        file: 'runtime/kafka/takeover.ts',
        find: 'return fencedProducer(kafka, `',
        replace: `return fencedProducer(kafka, \`$\{Math.random()}.`,
      },
    ],
    tests: { file: takeover, title: 'fences with one transactional id' },
  },
  {
    name: 'pause-first',
    what: 'pausing before anything else',
    edits: [
      {
        file: tasks,
        find: '// A paused flag outlives its assignment',
        replace: 'setPaused(assigned, false)\n    // A paused flag outlives its assignment',
      },
    ],
    tests: { file: takeover, title: 'fetches nothing of a task' },
  },
  {
    name: 'fence-before-offsets',
    what: 'the fence before the offsets are read',
    edits: [
      {
        file: tasks,
        find: fence,
        replace: `const early = await readPositions(topics, { group, inputs, state, partition })\n    ${fence}`,
      },
      { file: tasks, find: positions, replace: 'const positions = early' },
    ],
    tests: lastMoment,
  },
  {
    name: 'fence-before-restore',
    what: 'the fence before the state is restored',
    edits: [
      {
        file: tasks,
        find: fence,
        replace: `const early: LogRecord[][] = []\n    for await (const some of parts.restore(state ?? '', partition, ours)) early.push([...some])\n    ${fence}`,
      },
      { file: tasks, find: restore, replace: 'restore: async function* () { yield* early },' },
    ],
    tests: lastMoment,
  },
  {
    name: 'offsets-before-open',
    what: 'the offsets before `open`',
    edits: [
      { file: tasks, find: positions, replace: 'const positions = { committed: new Map(), stateEnd: 0 } as Positions' },
      {
        file: tasks,
        find: open,
        replace: `${open}\n      const late = await readPositions(topics, { group, inputs, state, partition })\n      for (const [topic, { offset }] of late.committed) parts.seek(topic, partition, offset)`,
      },
    ],
    tests: lastMoment,
  },
  {
    name: 'fence-before-open',
    what: 'the whole order: offsets and restore first, the fence last',
    edits: [
      {
        file: tasks,
        find: fence,
        replace:
          'let late: Awaited<ReturnType<typeof fencePredecessor>> | undefined\n    const producer = { transaction: () => late?.transaction(), disconnect: async () => late?.disconnect() } as unknown as NonNullable<typeof late>',
      },
      {
        file: tasks,
        find: open,
        replace: `${open}\n      late = await fencePredecessor(parts.producers, group, partition, settings.transactionTimeoutMs)`,
      },
    ],
    tests: lastMoment,
  },
  {
    name: 'restore-to-the-end',
    what: 'restoring to the end of the log, not to the last stable offset',
    edits: [
      {
        file: 'runtime/kafka/client.ts',
        find: '    readUncommitted: true,\n',
        replace: '    readUncommitted: false,\n',
      },
    ],
    tests: { file: takeover, title: 'restores up to the end of the log' },
  },
  {
    name: 'heartbeat-after-fence',
    what: 'waiting for the group’s word after a fence',
    edits: [{ file: tasks, find: "      if (reason === 'fenced') await parts.heartbeats.next(ours)\n", replace: '' }],
    tests: { file: takeover, title: 'that follows a fence waits' },
  },
  {
    name: 'discard-producer',
    what: 'a new producer after an EndTxn that failed',
    edits: [
      {
        file: 'runtime/kafka/takeover.ts',
        find: '  const producer = kafka.producer({\n',
        replace:
          '  const all = globalThis as { kept?: Map<string, Producer> }\n  all.kept ??= new Map()\n  const producer = all.kept.get(transactionalId) ?? kafka.producer({\n',
      },
      {
        file: 'runtime/kafka/takeover.ts',
        find: "    retry: retryOf('transactions'),\n  })\n",
        replace: "    retry: retryOf('transactions'),\n  })\n  all.kept.set(transactionalId, producer)\n",
      },
    ],
    tests: { file: takeover, title: 'follows an EndTxn whose answer is lost' },
  },
  {
    name: 'over-after-failure',
    what: 'ending the reign whose transaction failed',
    edits: [
      {
        file: 'runtime/kafka/task.ts',
        find: '      over = true\n      tell(reason)\n      parts.onFailure(reason, error)\n',
        replace: '      tell(reason)\n',
      },
    ],
    tests: { file: takeover, title: 'follows an EndTxn whose answer is lost' },
  },
  {
    name: 'state-after-commit',
    what: 'forgetting what a refused transaction would have changed',
    edits: [
      {
        file: 'runtime/engine/task-run.ts',
        find: '      store.abort()\n      throw error\n',
        replace: '      throw error\n',
      },
    ],
    tests: { file: engine, title: 'changes only with a commit' },
  },
  {
    name: 'state-in-doubt',
    what: 'restoring after a transaction that may or may not have been committed',
    edits: [
      {
        file: tasks,
        find: open,
        replace:
          'await handler.open(run.task, doubtful.get(partition) ?? null)\n      doubtful.set(partition, run.task)',
      },
      {
        file: tasks,
        find: 'const MAX_BACKOFF_MS = 5_000\n',
        replace: 'const MAX_BACKOFF_MS = 5_000\nconst doubtful = new Map<number, Task>()\n',
      },
    ],
    tests: { file: engine, title: 'is what was committed after an EndTxn' },
  },
  {
    name: 'close-first',
    what: 'closing a reign before the next one',
    edits: [
      {
        file: tasks,
        find: "      await close(slot, reason)\n      if (reason === 'revoked')",
        replace: "      if (reason === 'revoked')",
      },
    ],
    tests: { file: membership, title: 'takes a task over again' },
  },
  {
    name: 'batch-bytes',
    what: 'cutting a fetch by bytes',
    edits: [
      {
        file: member,
        find: 'of chunks(batch.messages)',
        replace: 'of chunks(batch.messages, Number.POSITIVE_INFINITY)',
      },
    ],
    tests: { file: membership, title: 'gives a task less than 900 kB' },
  },
  {
    name: 'size-check',
    what: 'finding a record that is too large before anything is sent',
    edits: [
      { file: 'runtime/kafka/topics.ts', find: 'if (size <= limit) continue\n', replace: 'if (size >= 0) continue\n' },
    ],
    tests: { file: contract, title: 'leaves the task usable after a value that is too large' },
  },
  {
    name: 'too-large-dead-letter',
    what: 'dead-lettering what is too large for its topic',
    edits: [
      {
        file: 'runtime/engine/task-run.ts',
        find: '      if (records.length === 1) return commitDead(last, error)\n',
        replace: '      if (records.length === 1) throw error\n',
      },
    ],
    tests: { file: engine, title: 'changes only with a commit' },
  },
  {
    name: 'heartbeats-in-a-batch',
    what: 'heartbeats while a batch runs',
    edits: [
      {
        file: member,
        find: 'await beatWhile(handling, heartbeat, settings.heartbeatIntervalMs)',
        replace: 'await handling',
      },
    ],
    tests: { file: takeover, title: 'is not provoked by a batch' },
  },
  {
    name: 'co-partition',
    what: 'the same numbers of all inputs for one member',
    edits: [
      {
        file: member,
        find: '    partitionAssigners: [coPartitionAssigner(() => tasks.assigned(), watched)],\n',
        replace: '',
      },
    ],
    tests: { file: takeover, title: 'happens only where it must' },
  },
  {
    name: 'sticky',
    what: 'keeping what a member has over a rebalance',
    edits: [
      {
        file: 'runtime/kafka/assigner.ts',
        find: 'Buffer.from(JSON.stringify(owned()))',
        replace: 'Buffer.from(JSON.stringify([]))',
      },
    ],
    tests: { file: takeover, title: 'happens only where it must' },
  },
  {
    name: 'copied-values',
    what: 'copying values out of the answer of a fetch',
    edits: [
      {
        file: 'runtime/kafka/reader.ts',
        find: '    .filter(({ offset }) => offset < cursor.bound)\n    .map(copied)\n',
        replace: '    .filter(({ offset }) => offset < cursor.bound)\n',
      },
    ],
    tests: { file: 'runtime/kafka/fixes-cost.broker.test.ts', title: 'what is read is a copy' },
  },
]

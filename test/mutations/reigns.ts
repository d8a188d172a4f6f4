import type { Mutation } from './mutation.ts'

const reign = 'runtime/kafka/reign.broker.test.ts'
const continuity = 'runtime/kafka/continuity.broker.test.ts'
const member = 'runtime/kafka/membership.ts'
const takeover = 'runtime/kafka/takeover.ts'

/** What breaks off a reign, where it reads, and what the next one may keep of it: see runtime/kafka/README.md. */
export const reignMutations: readonly Mutation[] = [
  {
    name: 'own-read-position',
    what: 'handling only what was fetched from where this member reads',
    edits: [
      { file: member, find: '    if (place?.offset !== Number(fetchedOffset)) return\n', replace: '' },
      {
        file: 'runtime/kafka/fetch-watch.ts',
        find: 'isWanted(topicName, partition, askedFor(request, topicName, partition))',
        replace: 'true',
      },
    ],
    tests: { file: 'runtime/kafka/leaders.broker.test.ts', title: 'own position' },
  },
  {
    name: 'handled-before-heartbeat',
    what: 'moving behind what was handled before a heartbeat that failed is looked at',
    edits: [
      { file: member, find: '      if (failure) throw failure.error\n', replace: '' },
      {
        file: member,
        find: '      // A take-over may have begun elsewhere while a heartbeat was waited for.\n',
        replace: '      if (failure) throw failure.error\n',
      },
    ],
    tests: { file: reign, title: 'goes on behind what it has handled' },
  },
  {
    name: 'final-offsets',
    what: 'waiting for offsets on their way however long it takes, at a take-over',
    edits: [
      {
        file: 'runtime/kafka/topics.ts',
        find: '(await fetchOffsets(cluster, group, topic, [partition], true)).get(partition)',
        replace: '(await fetchOffsets(cluster, group, topic, [partition])).get(partition)',
      },
    ],
    tests: { file: reign, title: 'begins behind offsets that stay on their way' },
  },
  {
    name: 'abort-failed',
    what: 'aborting a transaction that failed',
    edits: [
      {
        file: 'runtime/kafka/task.ts',
        find: '      if (open.isActive() && !isFence(error)) await open.abort().catch(() => {})\n',
        replace: '',
      },
    ],
    tests: { file: reign, title: 'ends a transaction that failed' },
  },
  {
    name: 'broken-off-restore',
    what: 'a restore that is broken off does not look complete',
    edits: [
      {
        file: 'runtime/kafka/kafka-log.ts',
        find: "  if (signal.aborted) throw new VigiaError('VIG_FENCED', 'the task ended while it was being restored')\n",
        replace: '',
      },
    ],
    tests: { file: reign, title: 'begins with the whole state' },
  },
  {
    name: 'second-look',
    what: 'looking for offsets again behind the fence of `<group>.start`',
    edits: [
      {
        file: 'runtime/kafka/group-start.ts',
        find: 'topic => topics.allForGood(group, topic)',
        replace: 'async () => new Map()',
      },
    ],
    tests: { file: reign, title: 'of a member that began its group late' },
  },
  {
    name: 'kept-state-end',
    what: 'keeping the state only where its topic ends where this task left it',
    edits: [{ file: takeover, find: 'a.stateEnd !== b.stateEnd || ', replace: '' }],
    tests: { file: continuity, title: 'somebody wrote a state entry' },
  },
  {
    name: 'kept-offsets',
    what: 'keeping the state only where the offsets are those that this task left',
    edits: [
      {
        file: takeover,
        find: 'return other?.offset === offset && other.metadata === metadata\n',
        replace: 'return other !== undefined && offset + metadata.length >= 0\n',
      },
    ],
    tests: { file: continuity, title: 'somebody committed other metadata' },
  },
]

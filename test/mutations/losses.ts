import type { Mutation } from './mutation.ts'

const contract = 'test/contract/log.kafka.test.ts'
const losses = 'runtime/kafka/losses.broker.test.ts'
const stateLoss = 'runtime/kafka/state-loss.broker.test.ts'
const takeover = 'runtime/kafka/takeover.ts'
const shorter = { file: contract, title: 'the state topic is shorter' }

/** What must be there, so that nothing is skipped and nothing begun anew in silence: see runtime/kafka/README.md. */
export const lossMutations: readonly Mutation[] = [
  {
    name: 'offset-missing',
    what: 'stopping where an input has no committed offset',
    edits: [
      {
        file: takeover,
        find: '      const held = await topics.committedForGood(group, topic, partition)\n',
        replace:
          "      const held = (await topics.committedForGood(group, topic, partition)) ?? { topic, offset: (await boundsOf(topics, topic, partition)).start, metadata: '' }\n",
      },
    ],
    tests: { file: contract, title: 'one of the inputs has no offset' },
  },
  {
    name: 'group-missing',
    what: 'stopping where all offsets of a group that has written are gone',
    edits: [
      {
        file: 'runtime/kafka/group-start.ts',
        find: 'if (!(await topics.bounds(topic)).some(({ end }) => end > 0)) continue\n',
        replace: 'if (topic) continue\n',
      },
    ],
    tests: { file: contract, title: 'all offsets of a group with' },
  },
  {
    name: 'offset-in-its-log',
    what: 'stopping before `open` where the log does not hold the committed offset',
    edits: [
      {
        file: takeover,
        find: '      if (offset < start || offset > end) throw outOfRange({ topic, partition, offset, start, end })\n',
        replace: '',
      },
    ],
    tests: { file: losses, title: 'stops before the task is opened' },
  },
  {
    name: 'fetch-in-its-log',
    what: 'stopping where a fetch asks for what the log does not hold',
    edits: [
      {
        file: 'runtime/kafka/fetch-watch.ts',
        find: 'throw refused(error, request) ?? error\n',
        replace: 'throw error\n',
      },
    ],
    tests: { file: contract, title: 'stops where the log loses what a running task' },
  },
  {
    name: 'state-mark',
    what: 'keeping with each offset how far the state reached',
    edits: [
      {
        file: 'runtime/kafka/task.ts',
        find: 'metadata: state === undefined ? metadata : withMark(metadata, written)',
        replace: 'metadata',
      },
    ],
    tests: shorter,
  },
  {
    name: 'state-end',
    what: 'stopping where the state ends before its mark',
    edits: [{ file: takeover, find: 'if (end < reached || start > 0)', replace: 'if (start > 0)' }],
    tests: shorter,
  },
  {
    name: 'state-beginning',
    what: 'stopping where the state has lost its beginning',
    edits: [{ file: takeover, find: 'if (end < reached || start > 0)', replace: 'if (end < reached)' }],
    tests: { file: losses, title: 'stops before the task is opened' },
  },
  {
    name: 'state-beneath',
    what: 'stopping where the state was made anew beneath a running task',
    edits: [
      {
        file: 'runtime/kafka/task.ts',
        find: 'if (base < end) throw stateLost(',
        replace: 'if (base < 0) throw stateLost(',
      },
    ],
    tests: { file: stateLoss, title: 'ends the member that writes to it' },
  },
  {
    name: 'state-mark-alone',
    what: 'keeping that mark with an offset of the state itself where there is no input',
    edits: [
      {
        file: 'runtime/kafka/task.ts',
        find: 'const held = [...offsets, ...ownOffset(before, written)]',
        replace: 'const held = offsets',
      },
    ],
    tests: { file: losses, title: 'finds how far the state reached' },
  },
  {
    name: 'past-markers',
    what: 'committing an offset behind the markers that follow its record',
    edits: [
      {
        file: 'runtime/kafka/task.ts',
        find: 'transaction.offsets.map(pastMarkers)',
        replace: 'transaction.offsets',
      },
    ],
    tests: { file: contract, title: 'goes on where retention has passed nothing' },
  },
]

import { messageOf } from '../../core/errors.ts'
import { loadItem } from './items.ts'
import type { BenchContext, Figures } from './measure/item.ts'

/** What is asked of a child process, as the JSON of its one argument. */
export type Asked = { readonly name: string; readonly what: 'prepare' | 'run'; readonly context: BenchContext }

/** What the child answers, once, before it ends. */
export type Answered = { readonly figures: Figures } | { readonly failed: string }

/** Does one thing of one item and answers: a process for each, so that an item loads and costs only itself. */
async function answerTo({ name, what, context }: Asked): Promise<Answered> {
  const { prepare, run } = await loadItem(name)
  if (what === 'run') return { figures: await run(context) }
  await prepare?.(context)
  return { figures: {} }
}

// Whoever asked is gone: nothing may be left behind.
process.once('disconnect', () => process.exit(1))
const answer = await answerTo(JSON.parse(process.argv[2] ?? '')).catch((error: unknown) => ({
  failed: messageOf(error),
}))
process.send?.(answer, () => process.exit(0))

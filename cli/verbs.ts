import type { Verb } from './verb.ts'
import { explain } from './verbs/explain.ts'
import { ledger } from './verbs/ledger.ts'
import { schema } from './verbs/schema.ts'
import { send } from './verbs/send.ts'
import { tail } from './verbs/tail.ts'
import { topic } from './verbs/topic.ts'

/** Every verb, in the order of the overview. */
export const verbs: readonly Verb[] = [send, tail, ledger, explain, topic, schema]

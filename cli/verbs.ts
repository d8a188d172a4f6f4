import type { Verb } from './verb.ts'
import { acl } from './verbs/acl.ts'
import { analyzer } from './verbs/analyzer.ts'
import { caseVerb } from './verbs/case.ts'
import { config } from './verbs/config.ts'
import { demo } from './verbs/demo.ts'
import { dlq } from './verbs/dlq.ts'
import { doctor } from './verbs/doctor.ts'
import { explain } from './verbs/explain.ts'
import { key } from './verbs/key.ts'
import { ledger } from './verbs/ledger.ts'
import { observable } from './verbs/observable.ts'
import { playbook } from './verbs/playbook.ts'
import { response } from './verbs/response.ts'
import { schema } from './verbs/schema.ts'
import { send } from './verbs/send.ts'
import { source } from './verbs/source.ts'
import { status } from './verbs/status.ts'
import { suppress } from './verbs/suppress.ts'
import { tail } from './verbs/tail.ts'
import { topic } from './verbs/topic.ts'
import { up } from './verbs/up.ts'

/** Every verb, in the order of the overview. */
export const verbs: readonly Verb[] = [
  up,
  demo,
  send,
  tail,
  ledger,
  explain,
  status,
  doctor,
  caseVerb,
  observable,
  response,
  dlq,
  suppress,
  source,
  playbook,
  analyzer,
  topic,
  schema,
  acl,
  key,
  config,
]

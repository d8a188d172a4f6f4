import { fixAborted } from './aborted.ts'
import { fixCompaction } from './compaction.ts'
import { fixCoordinatorLookups } from './coordinator-cache.ts'
import { fixCoordinatorRefusals } from './coordinator-refusal.ts'
import { fixGrouping } from './grouping.ts'
import { fixProduceRequest } from './produce-request.ts'
import { fixRecordDecoder } from './record-decoder.ts'
import { fixRefusals } from './refusal.ts'
import { fixRequestQueue } from './request-queue.ts'
import { fixSendMessages } from './send-messages.ts'
import { fixTransactionPatience } from './transaction-patience.ts'
import { fixTransactionRetry } from './transaction-retry.ts'
import { pathOf } from './upstream.ts'

/**
 * The fixes that we carry for kafkajs 2.2.4 (see ../README.md), in order: what replaces a file comes before what
 * loads the files that use it. `upstream.test.ts` fails when a file they touch is no longer the one they were made for.
 */
const done = Symbol.for(`vigia.kafkajs-fixes ${pathOf('index.js')}`)
const place = globalThis as { [done]?: true }

if (!place[done]) {
  fixProduceRequest()
  fixRecordDecoder()
  fixRefusals()
  fixGrouping()
  fixSendMessages()
  fixAborted()
  fixCompaction()
  fixRequestQueue()
  fixTransactionPatience()
  fixTransactionRetry()
  fixCoordinatorLookups()
  fixCoordinatorRefusals()
  place[done] = true
}

/** A worker whose take-over is the engine's own. Started by `worker.ts`. */
import { kafkaLog } from '../../../runtime/kafka/kafka-log.ts'
import { runWorker, specOf } from './worker-process.ts'

await runWorker(specOf(process.argv), async (options, spec, handler) => {
  const log = kafkaLog(options)
  const { done } = await log.join(spec, handler)
  return { done, leave: () => log.close() }
})

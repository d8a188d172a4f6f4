import type { Log } from '../../runtime/log.ts'
import { memoryCluster } from '../../runtime/memory/cluster.ts'
import { memoryLog } from '../../runtime/memory/memory-log.ts'
import { describeLogContract } from './log.contract.ts'

for (const seed of [1, 2, 3]) {
  describeLogContract(`the log in memory (seed ${seed})`, async () => {
    const cluster = memoryCluster({ seed, maxBatchRecords: 4 })
    const logs: Log[] = []
    return {
      async log(clientId) {
        const log = memoryLog(cluster, { clientId })
        logs.push(log)
        return log
      },
      name: suffix => suffix,
      async trim(topic, partition, offset) {
        cluster.trim(topic, partition, offset)
      },
      recreate: async topic => cluster.recreate(topic),
      forget: async group => cluster.forgetGroup(group),
      async close() {
        await Promise.all(logs.map(log => log.close()))
      },
    }
  })
}

import { run } from '../../runtime/run.ts'
import { buildDispatcher } from './build.ts'

await run('analyzer-dispatcher', buildDispatcher)

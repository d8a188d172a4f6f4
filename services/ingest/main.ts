import { run } from '../../runtime/run.ts'
import { buildIngest } from './build.ts'

await run('ingest', buildIngest)

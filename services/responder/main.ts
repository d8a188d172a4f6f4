import { run } from '../../runtime/run.ts'
import { buildResponder } from './build.ts'

await run('responder', buildResponder)

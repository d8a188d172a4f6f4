import { run } from '../../runtime/run.ts'
import { mirror } from './topology.ts'

await run('mirror', mirror)

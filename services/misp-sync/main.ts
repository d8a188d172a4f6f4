import { run } from '../../runtime/run.ts'
import { buildMispSync } from './build.ts'

await run('misp-sync', buildMispSync)

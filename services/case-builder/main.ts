import { run } from '../../runtime/run.ts'
import { buildCaseBuilder } from './build.ts'

await run('case-builder', buildCaseBuilder)

import { run } from '../../runtime/run.ts'
import { caseBuilder } from './topology.ts'

await run('case-builder', () => caseBuilder())

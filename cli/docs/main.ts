import { readFileSync, writeFileSync } from 'node:fs'
import { analyzerDispatcher } from '../../services/analyzer-dispatcher/topology.ts'
import { caseBuilder } from '../../services/case-builder/topology.ts'
import { ingestRulesOf } from '../../services/ingest/rules.ts'
import { ingest } from '../../services/ingest/topology.ts'
import { mispSync } from '../../services/misp-sync/topology.ts'
import { loadPlaybooks } from '../../services/responder/playbook/load.ts'
import { responder } from '../../services/responder/topology.ts'
import { topologyPage } from './topology-page.ts'

/** Writes docs/topology.md from the services' own declarations; with `--check` it only says whether it is stale. */
const nothing = { run: () => Promise.reject(new Error('not run')), send: () => Promise.reject(new Error('not run')) }
const source = { name: 'none', pull: () => Promise.reject(new Error('not run')) }
const page = topologyPage([
  ingest(ingestRulesOf(), () => Promise.reject(new Error('not run'))),
  caseBuilder(),
  analyzerDispatcher([], nothing),
  mispSync([{ source, scope: 'shared' }]),
  responder(loadPlaybooks([], []), nothing),
])
const file = new URL('../../docs/topology.md', import.meta.url)

if (process.argv.includes('--check')) {
  if (current() !== page) {
    console.error(`stale: ${file.pathname} (run npm run generate)`)
    process.exitCode = 1
  }
} else if (current() !== page) {
  writeFileSync(file, page)
  console.error(`wrote ${file.pathname}`)
}

function current(): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

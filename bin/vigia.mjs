#!/usr/bin/env node
// Starts the command line under Node 24, which runs TypeScript as it is; an older Node finds it among the dependencies.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../cli/main.ts', import.meta.url))
const node = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url))
if (Number(process.versions.node.split('.')[0]) >= 24) await import(main)
else if (existsSync(node))
  process.exitCode = spawnSync(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1
else {
  console.error('vigia needs Node 24: run `npm ci` in its folder, which brings it')
  process.exitCode = 1
}

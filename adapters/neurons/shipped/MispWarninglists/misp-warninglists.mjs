#!/usr/bin/env node
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileWarninglists, skippedWarninglists } from '../../../../core/warninglist.ts'
import { runJob } from '../job.mjs'

runJob(({ data, dataType, config }) => {
  const { lists, problems } = readLists(config.path ?? 'MispWarninglists/lists')
  if (lists.length === 0)
    throw new Error(`No warning list in ${config.path}: ${problems.join('; ') || 'no <list>/list.json'}`)
  const hits = compileWarninglists(lists)(dataType, data)
  const taxonomy = (level, value) => ({ level, namespace: 'MISP', predicate: 'Warninglist', value })
  return {
    taxonomies: hits.length > 0 ? hits.map(name => taxonomy('safe', name)) : [taxonomy('info', 'no hit')],
    full: {
      hits,
      lists: lists.map(({ name, version }) => ({ name, version })),
      skipped: skippedWarninglists(lists),
      problems,
    },
  }
})

/** A list that cannot be read is told of in the report; the others are looked at. */
function readLists(folder) {
  const lists = []
  const problems = []
  for (const name of readdirSync(folder).sort()) {
    const file = join(folder, name, 'list.json')
    try {
      const list = JSON.parse(readFileSync(file, 'utf8'))
      if (typeof list?.name !== 'string' || !Array.isArray(list.list) || !list.list.every(isText)) {
        throw new Error('it is no warning list')
      }
      lists.push(list)
    } catch (error) {
      if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') problems.push(`${file}: ${error.message}`)
    }
  }
  return { lists, problems }
}

function isText(value) {
  return typeof value === 'string'
}

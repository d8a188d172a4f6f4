import type { JsonObject } from '../json-object.ts'
import type { Mapped } from './mapped.ts'
import { isPythonDict, pythonListOf } from './python-list.ts'
import { mapTheHiveWith } from './thehive.ts'

/**
 * The TheHive body of ElastAlert2's `hivealerter`: list fields come as Python text, a tag that equals a field path comes
 * as the whole field. Contract sources 5.7, reference 3.4.
 */
export function mapElastAlertHive(body: JsonObject): Mapped {
  return mapTheHiveWith(body, {
    values: value => pythonListOf(value.trim()) ?? [value],
    tags: tag => (isPythonDict(tag) ? [] : (pythonListOf(tag) ?? [tag])),
  })
}

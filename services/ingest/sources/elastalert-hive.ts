import { isChosenRef } from '../../../core/fingerprint.ts'
import type { JsonObject } from '../json-object.ts'
import type { FoundObservable, Mapped, SourceMapper } from './mapped.ts'
import { isPythonDict, pythonListOf } from './python-list.ts'
import { isTheHive, mapTheHiveWith, theHiveFields } from './thehive.ts'

export const elastAlertHive: SourceMapper = {
  kind: 'elastalert-hive',
  what: 'alerts of ElastAlert2, as its alerter `hivealerter` sends them',
  fits: body => isTheHive(body) && isElastAlertHive(body),
  fields: {
    ...theHiveFields,
    rule: [...(theHiveFields.rule ?? []), '<first line of a description of the default form>'],
    externalLink: ['externalLink', '<kibana_discover_url or opensearch_discover_url in the description>'],
  },
  map: mapElastAlertHive,
}

/** A random reference on each send, and artifacts that always carry `message` and `tags`. */
export function isElastAlertHive(body: JsonObject): boolean {
  const { sourceRef } = body
  return typeof sourceRef === 'string' && sourceRef !== '' && !isChosenRef(sourceRef) && 'artifacts' in body
}

/**
 * The TheHive body of ElastAlert2's `hivealerter`: list fields come as Python text, a tag that equals a field path comes
 * as the whole field, and the description of a rule without `alert_text` lists the match. Contract sources 5.7,
 * reference 3.4.
 */
export function mapElastAlertHive(body: JsonObject): Mapped {
  const mapped = mapTheHiveWith(body, {
    values: value => (isUnfilled(value) ? [] : (pythonListOf(value.trim()) ?? [value])),
    tags: tag => (isPythonDict(tag) ? [] : (pythonListOf(tag) ?? [tag])),
  })
  if (mapped.outcome !== 'alert') return mapped
  const { alert } = mapped
  const { description } = alert
  return {
    outcome: 'alert',
    alert: {
      ...alert,
      rule: alert.rule ?? defaultForm.exec(description)?.[1] ?? null,
      externalLink: alert.externalLink ?? discoverUrl.exec(description)?.[1] ?? null,
      observables: alert.observables.filter(found => !isOfTheListing(found, description)),
    },
  }
}

/** What stands where a field was missing, and the template of the time before ElastAlert2 that was not filled in. */
function isUnfilled(value: string): boolean {
  return value === '<MISSING VALUE>' || value === 'None' || /^\{match(?:\[[^\]]{0,256}\]){1,16}\}$/.test(value)
}

/** The name of the rule, an empty line, and the fields of the match in order, of which the time is the first. */
const defaultForm = /^([^\n]{1,512})\n\n(?:[^\n]{1,512}\n\n?)?@timestamp: /
const discoverUrl = /^(?:kibana|opensearch)_discover_url: (https?:\/\/\S{1,2000})$/m

/** What the listing of a match has beside the event: its ids, which look like digests, and the link to where it is shown. */
function isOfTheListing({ type, path }: FoundObservable, description: string): boolean {
  const start = /^description@(\d+)-/.exec(path)?.[1]
  if (start === undefined) return false
  const before = description.slice(Math.max(0, Number(start) - 24), Number(start))
  return (type === 'hash' && /(?:^|["_])id"?: "?$/i.test(before)) || /discover_url: $/.test(before)
}

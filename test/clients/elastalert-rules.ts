/** Rules for ElastAlert2 as a user writes them; `docs/sources.md` shows the same. */
export type Intake = { readonly api: string; readonly key: string }

const portOf = (api: string) => new URL(api).port

export const elastalertConfig = (enginePort: number, over = ''): string => `rules_folder: rules
run_every: {seconds: 2}
buffer_time: {minutes: 15}
es_host: 127.0.0.1
es_port: ${enginePort}
writeback_index: elastalert_status
alert_time_limit: {minutes: 10}
${over}`

/** Speaks to the intake as if it were TheHive. */
export const hiveRule = ({ api, key }: Intake): string => `name: malware-file
type: any
index: "logs-av*"
realert: {minutes: 0}
filter:
- term: {event.kind: alert}
alert: [hivealerter]
hive_connection: {hive_host: "http://127.0.0.1", hive_port: ${portOf(api)}, hive_apikey: ${key}}
hive_alert_config:
  type: av
  source: elastalert-hive
  title: "Malware on {0}: {1}"
  title_args: [host.name, file.name]
  severity: 3
  tags: [av, threat.technique.id]
hive_observable_data_mapping:
- hash: file.hash.sha256
- filename: file.name
- hostname: host.name
- ip: host.ip
`

/** The match as it is, with what names the rule. */
export const postRule = ({ api, key }: Intake): string => `name: malware-file-post
type: any
index: "logs-av*"
realert: {minutes: 0}
priority: 3
filter:
- term: {event.kind: alert}
alert: [post]
include_rule_params_in_matches: [name, priority]
http_post_url: "${api}/v1/alerts/elastalert-post"
http_post_all_values: true
http_post_static_payload: {vigia_type: av}
http_post_headers: {Authorization: "Bearer ${key}"}
`

export const post2Rule = ({ api, key }: Intake): string => `name: malware-file-post2
type: any
index: "logs-av*"
realert: {minutes: 0}
priority: 4
filter:
- term: {event.kind: alert}
alert: [post2]
include_rule_params_in_matches: [name, priority]
http_post2_url: "${api}/v1/alerts/elastalert-post2"
http_post2_all_values: true
http_post2_payload: {vigia_title: "Malware on {{ host.name }}: {{ file.name }}"}
http_post2_headers: {Authorization: "Bearer ${key}"}
`

/** Documents of a scanner. Each differs from the others in the file that it found. */
export function scannerDocuments(count: number, run: string, at: number) {
  return Array.from({ length: count }, (_, number) => {
    const sha256 = `${run}${number.toString(16).padStart(4, '0')}`.padEnd(64, '0')
    return {
      '@timestamp': new Date(at - number * 10).toISOString(),
      event: { kind: 'alert' },
      host: { name: `ws-${number % 7}`, ip: [`198.51.100.${number % 200}`] },
      file: { name: `${run}-${number}.bin`, hash: { sha256 } },
      related: { hash: [sha256] },
      threat: { technique: { id: ['T1204.002'] } },
    }
  })
}

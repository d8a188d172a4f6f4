import { fixtureText, recordedBodies } from '../../services/ingest/fixture-reader.ts'

/** What real programs sent, as the demo sends it again: one list for the HTTP API, one for Kafka. */
export type Recordings = {
  readonly http: readonly { readonly path: string; readonly body: object }[]
  readonly kafka: readonly Buffer[]
}

export function recordings(): Recordings {
  const hive = (name: string) =>
    recordedBodies(`recorded/${name}.json`, '/api/alert').map(body => ({ path: '/api/alert', body }))
  const [frequency] = hive('elastalert2-hive-frequency')
  const clients = hive('thehive4py-1.8.2-version4')
  const [secret] = clients
  return {
    http: [
      ...hive('elastalert2-hive-any'),
      ...hive('elastalert2-hive-frequency'),
      ...hive('elastalert2-hive-aggregation'),
      ...clients,
      // The same alert again, as ElastAlert2 resends it: a new sourceRef and a new date, everything else the same.
      ...(frequency === undefined
        ? []
        : [
            {
              ...frequency,
              body: { ...frequency.body, sourceRef: 'b9d7c7f2-6f2f-4f6e-9b0a-3f8d1f0f5c11', date: Date.now() },
            },
          ]),
      // The owner's rule: tlp 3 on everything, which its source says is AMBER.
      ...(frequency === undefined
        ? []
        : [
            {
              path: '/v1/alerts/owner-elastalert',
              body: { ...frequency.body, tlp: 3, sourceRef: 'owner-1', title: "SSH brute force, the owner's rule" },
            },
          ]),
      // RED, from a source that means it: nothing of it leaves.
      ...(secret === undefined
        ? []
        : [
            {
              path: '/api/alert',
              body: {
                ...secret.body,
                tlp: 3,
                sourceRef: 'red-1',
                title: 'For named recipients only',
                artifacts: [
                  { dataType: 'ip', data: '198.51.100.77', tags: ['src'] },
                  { dataType: 'domain', data: 'red.evil-cdn.example' },
                ],
              },
            },
          ]),
      ...recordedBodies('recorded/elastalert2-post.json', '/hook/elastalert-post').map(body => ({
        path: '/v1/alerts/elastalert-post',
        body,
      })),
    ],
    kafka: [
      ...fixtureText('recorded/suricata-7.0.10-eve.ndjson')
        .split('\n')
        .filter(line => line !== '')
        .map(line => Buffer.from(line)),
      ...fixtureText('recorded/elastalert2-command-kcat.kafka.jsonl')
        .split('\n')
        .filter(line => line !== '')
        .map(line => Buffer.from((JSON.parse(line) as { payload: string }).payload)),
      // Cut short on its way.
      Buffer.from('{"title": "cut short", "source_ip": "203.0.113'),
    ],
  }
}

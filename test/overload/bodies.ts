import { rawAlerts } from '../bench/alerts/raw-alerts.ts'

export type Sending = { readonly path: string; readonly body: Buffer }

const paths: Readonly<Record<string, string>> = {
  'elastalert-hive': '/api/alert',
  thehive: '/api/v1/alert',
}

/** An endless, seeded stream of requests as ElastAlert2, thehive4py and webhooks send them. */
export function bodies(seed: number): () => Sending {
  const next = rawAlerts({ seed, tenants: 1, repeats: 10 })
  return () => {
    const { shape, value } = next()
    return { path: paths[shape] ?? `/v1/alerts/${shape}`, body: value }
  }
}

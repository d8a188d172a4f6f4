import { join } from 'node:path'

export type ListenerSpec = {
  /** Capitals, digits and underscores; PLAINTEXT and CONTROLLER are the stack's own. */
  readonly name: string
  readonly protocol: 'PLAINTEXT' | 'SASL_PLAINTEXT' | 'SSL' | 'SASL_SSL'
  /** What clients are told to connect to, such as a proxy's port; absent: the port itself. Asked at each start. */
  readonly advertisedPort?: (node: number) => number
  /** Written with the prefix `listener.name.<name>.`. */
  readonly properties?: Readonly<Record<string, string>>
}

/** What a node is, as far as its settings go. Ports and nodes count from node 1. */
export type NodeSpec = {
  readonly node: number
  readonly folder: string
  readonly port: number
  readonly controllerPorts: readonly number[]
  readonly listeners: readonly (ListenerSpec & { readonly port: number })[]
  /** Extra settings, which win. */
  readonly settings: Readonly<Record<string, string>>
}

/** What suits tests on any broker: small internal topics, no waiting for a first group member, short sessions. */
export const brokerSettings = {
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.listener.names': 'CONTROLLER',
  'auto.create.topics.enable': 'false',
  // After a SIGKILL the controller takes the broker back only when its old session has run out (9 s by default).
  'broker.heartbeat.interval.ms': '500',
  'broker.session.timeout.ms': '4000',
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '1000',
  // 30 days instead of 7: a group whose offsets expired while it was stopped would start over.
  'offsets.retention.minutes': '43200',
  'offsets.topic.num.partitions': '4',
  'offsets.topic.replication.factor': '1',
  'transaction.state.log.num.partitions': '4',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
} as const

/** What several nodes have instead: three copies of which two must be written, and less memory and fewer threads each. */
export function clusterSettings(nodes: number): Record<string, string> {
  if (nodes === 1) return {}
  const replicas = String(Math.min(3, nodes))
  const inSync = nodes > 2 ? '2' : '1'
  return {
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    // 128 MB by default, taken from the heap at the start.
    'log.cleaner.dedupe.buffer.size': '16777216',
    'num.network.threads': '2',
    'num.io.threads': '4',
  }
}

/** The text of a node's `server.properties`. It may hold secrets of listeners. */
export function serverProperties({ node, folder, port, controllerPorts, listeners, settings }: NodeSpec): string {
  const own = [
    { name: 'PLAINTEXT', protocol: 'PLAINTEXT', port, advertised: port },
    ...listeners.map(each => ({ ...each, advertised: each.advertisedPort?.(node) ?? each.port })),
  ]
  const controller = controllerPorts[node - 1]
  return propertiesText({
    ...brokerSettings,
    ...clusterSettings(controllerPorts.length),
    'node.id': String(node),
    listeners: [...own, { name: 'CONTROLLER', port: controller }].map(at => `${at.name}://127.0.0.1:${at.port}`).join(),
    'advertised.listeners': own.map(at => `${at.name}://127.0.0.1:${at.advertised}`).join(),
    'listener.security.protocol.map': [...own, { name: 'CONTROLLER', protocol: 'PLAINTEXT' }]
      .map(each => `${each.name}:${each.protocol}`)
      .join(),
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.quorum.voters': controllerPorts.map((at, index) => `${index + 1}@127.0.0.1:${at}`).join(),
    'log.dirs': join(folder, 'log'),
    ...Object.assign({}, ...listeners.map(prefixed)),
    ...settings,
  })
}

function prefixed({ name, properties = {} }: ListenerSpec): Record<string, string> {
  const prefix = `listener.name.${name.toLowerCase()}`
  return Object.fromEntries(Object.entries(properties).map(([each, value]) => [`${prefix}.${each}`, value]))
}

/** Java's format for properties, in which a PEM of many lines is one line. */
export function propertiesText(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${escaped(value)}\n`)
    .join('')
}

function escaped(value: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replace(/^\s/, '\\$&')
    .replace(/[^\t -~]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

import { describe, expect, it } from 'vitest'
import { clusterSettings, type NodeSpec, propertiesText, serverProperties } from './properties.ts'

const node = (more: Partial<NodeSpec>): NodeSpec => ({
  node: 1,
  folder: '/stack',
  port: 1001,
  controllerPorts: [2001],
  listeners: [],
  settings: {},
  ...more,
})

/** What Kafka would read: the last of two lines of one name wins there too. */
const read = (more: Partial<NodeSpec>) =>
  Object.fromEntries(
    serverProperties(node(more))
      .trimEnd()
      .split('\n')
      .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )

describe('the properties of a node', () => {
  it('of one are a broker and its own controller, with single copies', () => {
    expect(read({})).toMatchObject({
      'node.id': '1',
      listeners: 'PLAINTEXT://127.0.0.1:1001,CONTROLLER://127.0.0.1:2001',
      'advertised.listeners': 'PLAINTEXT://127.0.0.1:1001',
      'controller.quorum.voters': '1@127.0.0.1:2001',
      'log.dirs': '/stack/log',
      'offsets.topic.replication.factor': '1',
      'offsets.retention.minutes': String(30 * 24 * 60),
    })
  })

  it('of three know one another, and one copy may be missing', () => {
    expect(read({ node: 2, port: 1002, controllerPorts: [2001, 2002, 2003] })).toMatchObject({
      'node.id': '2',
      listeners: 'PLAINTEXT://127.0.0.1:1002,CONTROLLER://127.0.0.1:2002',
      'controller.quorum.voters': '1@127.0.0.1:2001,2@127.0.0.1:2002,3@127.0.0.1:2003',
      'default.replication.factor': '3',
      'min.insync.replicas': '2',
      'offsets.topic.replication.factor': '3',
      'transaction.state.log.replication.factor': '3',
      'transaction.state.log.min.isr': '2',
    })
  })

  it.each([
    [2, { 'default.replication.factor': '2', 'min.insync.replicas': '1' }],
    [5, { 'default.replication.factor': '3', 'min.insync.replicas': '2' }],
  ])('of %i never ask for more copies than there can be, nor for all of them', (nodes, expected) => {
    expect(clusterSettings(nodes)).toMatchObject(expected)
  })

  it('tell of listeners, under their prefix, what clients connect to', () => {
    const properties = read({
      node: 2,
      controllerPorts: [2001, 2002],
      listeners: [
        { name: 'PROXIED', protocol: 'PLAINTEXT', port: 3001, advertisedPort: id => 4000 + id },
        { name: 'SECURE', protocol: 'SASL_SSL', port: 3002, properties: { 'sasl.enabled.mechanisms': 'PLAIN' } },
      ],
    })
    expect(properties).toMatchObject({
      listeners:
        'PLAINTEXT://127.0.0.1:1001,PROXIED://127.0.0.1:3001,SECURE://127.0.0.1:3002,CONTROLLER://127.0.0.1:2002',
      'advertised.listeners': 'PLAINTEXT://127.0.0.1:1001,PROXIED://127.0.0.1:4002,SECURE://127.0.0.1:3002',
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,SECURE:SASL_SSL,CONTROLLER:PLAINTEXT',
      'inter.broker.listener.name': 'PLAINTEXT',
      'listener.name.secure.sasl.enabled.mechanisms': 'PLAIN',
    })
  })

  it('take what is given instead of their own', () => {
    expect(read({ settings: { 'broker.session.timeout.ms': '9000' } })['broker.session.timeout.ms']).toBe('9000')
  })
})

describe('the text of properties', () => {
  it.each([
    ['a PEM in one line', '-----BEGIN-----\nab\r\n', 'a=-----BEGIN-----\\nab\\r\\n\n'],
    ['a backslash', 'a\\b', 'a=a\\\\b\n'],
    ['a space in front', '  a b', 'a=\\  a b\n'],
    ['what is not ASCII', 'ñ→', 'a=\\u00f1\\u2192\n'],
    ['a second =', 'b=c: #d', 'a=b=c: #d\n'],
  ])('keeps %s', (_, value, expected) => {
    expect(propertiesText({ a: value })).toBe(expected)
  })
})

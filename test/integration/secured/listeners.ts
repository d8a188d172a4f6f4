import type { ListenerSpec } from '../../../infra/local/properties.ts'
import type { Authority } from './certificates.ts'

export const user = 'vigia'
export const passwords = { plain: 'plain-Secret-1', scram: 'scram-Secret-2' }

/** A listener for each way to log in at a broker, beside the stack's own PLAINTEXT. */
export function securedListeners(authority: Authority): readonly ListenerSpec[] {
  const { cert, key } = authority.server()
  const tls = { 'ssl.keystore.type': 'PEM', 'ssl.keystore.certificate.chain': cert, 'ssl.keystore.key': key }
  const module = 'org.apache.kafka.common.security'
  return [
    {
      name: 'PLAIN_TLS',
      protocol: 'SASL_SSL',
      properties: {
        ...tls,
        'sasl.enabled.mechanisms': 'PLAIN',
        'plain.sasl.jaas.config': `${module}.plain.PlainLoginModule required user_${user}="${passwords.plain}";`,
      },
    },
    {
      name: 'SCRAM',
      protocol: 'SASL_PLAINTEXT',
      properties: {
        'sasl.enabled.mechanisms': 'SCRAM-SHA-256,SCRAM-SHA-512',
        'scram-sha-256.sasl.jaas.config': `${module}.scram.ScramLoginModule required;`,
        'scram-sha-512.sasl.jaas.config': `${module}.scram.ScramLoginModule required;`,
      },
    },
    { name: 'TLS', protocol: 'SSL', properties: tls },
    {
      name: 'MTLS',
      protocol: 'SSL',
      properties: {
        ...tls,
        'ssl.client.auth': 'required',
        'ssl.truststore.type': 'PEM',
        'ssl.truststore.certificates': authority.cert,
      },
    },
  ]
}

/** SCRAM users are records in the metadata log: they are there from its first record on. */
export const scramUsers = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap(mechanism => [
  '--add-scram',
  `${mechanism}=[name=${user},password=${passwords.scram}]`,
])

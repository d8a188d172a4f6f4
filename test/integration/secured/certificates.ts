import { generateKeyPairSync, randomBytes } from 'node:crypto'
import forge from 'node-forge'

/** A certificate and its key (PKCS 8), as PEM. */
export type Identity = { readonly cert: string; readonly key: string }

/** A CA of one test run: what it signs holds for an hour and is trusted by nobody else. */
export type Authority = {
  readonly cert: string
  /** For a listener at 127.0.0.1 and localhost. */
  server(): Identity
  client(commonName: string): Identity
}

const hourMs = 3_600_000

export function newAuthority(commonName: string): Authority {
  const own = newKey()
  const subject = [{ name: 'commonName', value: commonName }]
  const cert = signed({ of: own, subject, issuer: subject, by: own, extensions: caExtensions })
  const identity = (name: string, extensions: readonly object[]): Identity => {
    const key = newKey()
    const named = [{ name: 'commonName', value: name }]
    return { cert: signed({ of: key, subject: named, issuer: subject, by: own, extensions }), key }
  }
  return {
    cert,
    server: () => identity('localhost', serverExtensions),
    client: name => identity(name, clientExtensions),
  }
}

const caExtensions = [
  { name: 'basicConstraints', cA: true, critical: true },
  { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
]
const serverExtensions = [
  { name: 'extKeyUsage', serverAuth: true },
  // By number as RFC 5280 has them: 2 is a DNS name, 7 an address.
  {
    name: 'subjectAltName',
    altNames: [
      { type: 2, value: 'localhost' },
      { type: 7, ip: '127.0.0.1' },
    ],
  },
]
const clientExtensions = [{ name: 'extKeyUsage', clientAuth: true }]

function newKey(): string {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey
}

type Attributes = { name: string; value: string }[]

function signed(what: {
  of: string
  subject: Attributes
  issuer: Attributes
  by: string
  extensions: readonly object[]
}): string {
  const key = forge.pki.privateKeyFromPem(what.of)
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forge.pki.setRsaPublicKey(key.n, key.e)
  // A leading zero keeps the number positive.
  certificate.serialNumber = `00${randomBytes(8).toString('hex')}`
  certificate.validity.notBefore = new Date(Date.now() - hourMs)
  certificate.validity.notAfter = new Date(Date.now() + hourMs)
  certificate.setSubject(what.subject)
  certificate.setIssuer(what.issuer)
  certificate.setExtensions([...what.extensions])
  certificate.sign(forge.pki.privateKeyFromPem(what.by), forge.md.sha256.create())
  return forge.pki.certificateToPem(certificate)
}

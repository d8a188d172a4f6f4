import { describe, expect, it } from 'vitest'
import { accessProperties } from './registry.ts'

describe('who may reach the registry', () => {
  it('is everybody where nothing is said', () => {
    expect(accessProperties({}, 1)).toEqual({})
  })

  it('is one user, for every path', () => {
    expect(accessProperties({ user: { name: 'vigia', password: 'p' } }, 1)).toMatchObject({
      'quarkus.http.auth.basic': 'true',
      'quarkus.http.auth.permission.all.paths': '/*',
      'quarkus.security.users.embedded.users.vigia': 'p',
    })
  })

  it('is who trusts its certificate', () => {
    expect(accessProperties({ tls: { certificateFile: '/c.pem', keyFile: '/k.pem' } }, 8443)).toEqual({
      'quarkus.http.ssl-port': '8443',
      'quarkus.http.ssl.certificate.files': '/c.pem',
      'quarkus.http.ssl.certificate.key-files': '/k.pem',
    })
  })
})

import { describe, expect, it } from 'vitest'
import { loadTargets, type Secrets } from './targets.ts'

const secrets: Secrets = {
  env: { SOC_TOKEN: 't0ken', SOC_URL: 'https://chat.example/hooks/s3cret', BAD_URL: 'ftp://s3cret' },
  readFile(path) {
    if (path !== '/run/secrets/bot') throw new Error('ENOENT')
    return '123:bot\n'
  },
}

function load(entries: string) {
  return loadTargets({ path: 'targets.yaml', text: `targets:\n${entries}` }, secrets)
}

function refusal(entries: string): string {
  try {
    load(entries)
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

describe('targets.yaml', () => {
  it('has webhooks and Telegram chats, GREEN unless raised, with secrets from elsewhere', () => {
    const targets = load(`
  - { name: soc, type: notify.webhook, url: { env: SOC_URL }, token: { env: SOC_TOKEN }, maxTlp: AMBER, link: 'https://v.example/{{case.number}}' }
  - { name: duty, type: notify.telegram, chat: -100, token: { file: /run/secrets/bot } }
`)
    expect(targets).toEqual([
      {
        ...{ type: 'notify.webhook', name: 'soc', url: 'https://chat.example/hooks/s3cret', token: 't0ken' },
        ...{ maxTlp: 'AMBER', link: 'https://v.example/{{case.number}}' },
      },
      {
        ...{ type: 'notify.telegram', name: 'duty', url: 'https://api.telegram.org', chat: '-100', token: '123:bot' },
        ...{ maxTlp: 'GREEN', link: null },
      },
    ])
  })
  it('is empty where there is no file', () => {
    expect(loadTargets(undefined, secrets)).toEqual([])
  })
  it('tells everything that is wrong at once, and no secret', () => {
    const told = refusal(`
  - { name: a, type: notify.webhook }
  - { name: a, type: notify.webhook, url: { env: BAD_URL } }
  - { name: b, type: notify.telegram, token: { env: NONE } }
  - { name: c, type: notify.telegram, chat: -1, token: { file: /none } }
  - { name: d, type: notify.webhook, url: 'https://d.example', link: 'https://d.example/{{case.title}}' }
`)
    expect(told.split('\n')).toEqual([
      "targets.yaml:3: target 'a': a notify.webhook has a url",
      "targets.yaml:4: target 'a': there is another of this name",
      "targets.yaml:4: target 'a': no http or https URL",
      "targets.yaml:5: target 'b': the environment has no NONE",
      "targets.yaml:5: target 'b': a notify.telegram has a chat",
      "targets.yaml:6: target 'c': /none cannot be read",
      "targets.yaml:7: target 'd': only {{case.number}} may stand in a link",
    ])
    expect(told).not.toContain('s3cret')
  })
  it('refuses a token that is written down, and does not repeat it', () => {
    const told = refusal('  - { name: a, type: notify.webhook, url: https://a.example, token: s3cret }')
    expect(told).toBe('targets.yaml:2: targets[0].token: a token is never written here: {env: NAME} or {file: PATH}')
  })
  it('refuses a target that may have everything', () => {
    const told = refusal('  - { name: a, type: notify.webhook, url: https://a.example, maxTlp: RED }')
    expect(told).toBe('targets.yaml:2: targets[0].maxTlp: RED never leaves')
  })
  it('refuses an unknown key with those that are known', () => {
    const told = refusal('  - name: a\n    type: notify.webhook\n    url: https://a.example\n    maxtlp: RED')
    expect(told).toBe(
      "targets.yaml:5: targets[0]: unknown key 'maxtlp' (known: name, type, url, chat, token, maxTlp, link)",
    )
  })
})

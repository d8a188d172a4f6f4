import type { IncomingHttpHeaders } from 'node:http'

/** What is known of a request before its body is read. */
export type Head = {
  readonly method: string
  /** Without query, doubled slashes and a slash at the end. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** The parts of the path that the route names, decoded. */
  readonly params: Readonly<Record<string, string>>
}

/** `body` is sent as JSON. */
export type Answer = {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export type Handle = (body: Buffer) => Promise<Answer>

/** `open` looks at the head alone: it answers at once, so that no stranger's body is read, or says what takes the body. */
export type Route = {
  readonly method: 'GET' | 'POST'
  /** Such as `/v1/things/:name`. */
  readonly path: string
  open(head: Head): Answer | Handle
}

export type Matched =
  | { readonly route: Route; readonly head: Head }
  | { readonly route: undefined; readonly path: string; readonly allow: readonly string[] }

/** Finds the route. `allow` holds the methods of a known path, and is empty for an unknown one. */
export function match(routes: readonly Route[], method: string, url: string, headers: IncomingHttpHeaders): Matched {
  const path = pathOf(url)
  const fitting = routes.flatMap(route => {
    const params = paramsOf(route.path, path)
    return params === undefined ? [] : [{ route, params }]
  })
  const found = fitting.find(({ route }) => route.method === method)
  if (found !== undefined) return { route: found.route, head: { method, path, headers, params: found.params } }
  return { route: undefined, path, allow: [...new Set(fitting.map(({ route }) => route.method))] }
}

/** A base URL with a slash at its end gives `//api/…`; a redirect would lose a POST, so such paths are taken as meant. */
function pathOf(url: string): string {
  const path = url.replace(/^https?:\/\/[^/?#]*/, '').replace(/[?#].*$/s, '')
  return `/${path.split('/').filter(Boolean).join('/')}`
}

function paramsOf(pattern: string, path: string): Record<string, string> | undefined {
  const [wanted, given] = [pattern.split('/'), path.split('/')]
  if (wanted.length !== given.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, name] of wanted.entries()) {
    const part = decoded(given[index] ?? '')
    if (part === undefined) return undefined
    if (name.startsWith(':')) params[name.slice(1)] = part
    else if (name !== part) return undefined
  }
  return params
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

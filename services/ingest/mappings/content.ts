import { isObject, type JsonObject } from '../json-object.ts'

/** A document without some fields, nested or under literal dotted keys. The given one is left as it is. */
export function withoutFields(body: JsonObject, paths: readonly string[]): JsonObject {
  return paths.reduce(withoutField, body)
}

function withoutField(body: JsonObject, path: string): JsonObject {
  if (Object.hasOwn(body, path)) {
    const { [path]: _, ...rest } = body
    return withoutField(rest, path)
  }
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const head = path.slice(0, dot)
    const inner = Object.hasOwn(body, head) ? body[head] : undefined
    if (!isObject(inner)) continue
    const less = withoutField(inner, path.slice(dot + 1))
    if (less !== inner) return { ...body, [head]: less }
  }
  return body
}

import { isObject, type JsonObject } from '../json-object.ts'

export type CustomField = { readonly name: string; readonly text: string }

/** More than any alert has. */
const most = 200

/**
 * The custom fields of a TheHive alert that hold text, in each of the forms that its versions take: `{name: {string: …}}`,
 * `{name: …}` and `[{name, value}]`. Contract TheHive 1.5, 1.7.
 */
export function customFieldsOf({ customFields }: JsonObject): CustomField[] {
  const pairs: readonly (readonly [unknown, unknown])[] = Array.isArray(customFields)
    ? customFields.slice(0, most).flatMap((item: unknown) => (isObject(item) ? [[item.name, item.value]] : []))
    : Object.entries(isObject(customFields) ? customFields : {}).slice(0, most)
  return pairs.flatMap(([name, value]) => {
    const text = isObject(value) ? value.string : value
    return typeof name === 'string' && typeof text === 'string' && text !== '' ? [{ name, text }] : []
  })
}

/** The texts of the custom fields of such names. */
export function customTexts(fields: readonly CustomField[], names: RegExp): string[] {
  return fields.filter(({ name }) => names.test(name)).map(({ text }) => text)
}

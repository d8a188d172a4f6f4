/** How an observable is named in keys and state; the value may hold any character, so it comes last. */
export function observableKey({ type, value }: { readonly type: string; readonly value: string }): string {
  return `${type}|${value}`
}

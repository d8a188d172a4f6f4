/** What a source sends, by the name of the mapper that reads it; which names there are is known when mappings are loaded. */
export type Kind = string

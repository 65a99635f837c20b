/** What a schema infers, for code that only reads it: `Immutable<z.infer<typeof schema>>`. */
export type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;

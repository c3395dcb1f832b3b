/**
 * A nominal type: `T` that was checked or made in one place and cannot be confused with another `T`.
 * The key is a string, so two copies of this package in one installation still agree.
 */
export type Brand<T, Name extends string> = T & { readonly '~brand': Name }

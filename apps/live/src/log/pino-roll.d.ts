declare module 'pino-roll' {
  export default function build(options: {
    readonly file: string
    readonly size?: string
    readonly limit?: { readonly count: number; readonly removeOtherLogFiles?: boolean }
  }): Promise<NodeJS.WritableStream & { end(): unknown }>
}

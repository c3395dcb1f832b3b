export { nodeNext } from './node-next.ts'

export { CODE_TABLE, type CodeEntry } from './code/code-table.ts'

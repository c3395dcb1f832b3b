import { readFileSync } from 'node:fs'
import { inlineScript } from '../html/inline-script.ts'

/** Modules of the page's script, each after what it imports. */
const MODULES = ['theme', 'lines', 'line-chart', 'time-charts', 'price-chart', 'sortable-table', 'main'] as const

/** The page's style sheet. */
export function pageStyle(): string {
  return `${textOf(LIBRARIES.uplot.folder(), 'dist/uPlot.min.css')}\n${ownFile('report.css')}`
}

/** The page's own script as one function: its modules in order, without their imports and exports. */
export function pageScript(): string {
  const parts = MODULES.map((name) => withoutModuleSyntax(ownFile(`${name}.js`)))
  return inlineScript(`(() => {\n'use strict'\n${parts.join('\n')}\n})()`)
}

/** Text of a module of ours as it stands in one scope with the others: whole-line imports go, `export` before a declaration goes. */
export function withoutModuleSyntax(text: string): string {
  return text.replace(/^import [^\n]*\n/gm, '').replace(/^export (?=(?:async )?(?:function|const|let|class) )/gm, '')
}

/** A chart library with its licence, ready to stand in a `<script>` element. */
export function libraryScript(library: 'uplot' | 'lightweight-charts'): string {
  const { folder, script } = LIBRARIES[library]
  const licence = textOf(folder(), 'LICENSE').replaceAll('*/', '* /')
  return inlineScript(`/*\n${licence}\n*/\n${textOf(folder(), script)}`)
}

const LIBRARIES = {
  uplot: { folder: () => import.meta.resolve('uplot/package.json'), script: 'dist/uPlot.iife.min.js' },
  'lightweight-charts': {
    folder: () => import.meta.resolve('lightweight-charts/package.json'),
    script: 'dist/lightweight-charts.standalone.production.js',
  },
} as const

/** `page/` lies beside both `src/` and `dist/`. */
function ownFile(name: string): string {
  return textOf(import.meta.url, `../../page/${name}`)
}

function textOf(beside: string, path: string): string {
  return readFileSync(new URL(path, beside), 'utf8')
}

import { existsSync } from 'node:fs'

const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** Chromium on this machine: `CHROMIUM_PATH`, or where it usually is; undefined when there is none. */
export function chromiumPath(): string | undefined {
  return [process.env['CHROMIUM_PATH'], ...USUAL_PLACES].find((path) => path !== undefined && existsSync(path))
}

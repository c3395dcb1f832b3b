import { dirname } from 'node:path'

/**
 * The folder that a user's relative paths start from. A package manager starts scripts in the package's folder and says
 * in INIT_CWD where the user stands; started otherwise, the variable is someone else's.
 */
export function userFolder(env: NodeJS.ProcessEnv = process.env, cwd: string = process.cwd()): string {
  const { INIT_CWD: stand, npm_package_json: manifest } = env
  return stand !== undefined && manifest !== undefined && dirname(manifest) === cwd ? stand : cwd
}

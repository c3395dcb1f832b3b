import { expect, test } from 'vitest'
import { chosenAccount } from './ibkr-link.ts'

test.each([
  [{ mode: 'paper' }, ['DU1'], 'DU1'],
  [{ mode: 'simulator' }, ['DU1'], 'DU1'],
  [{ mode: 'paper', account: 'DU2' }, ['DU1', 'DU2'], 'DU2'],
  [{ mode: 'live', account: 'U1' }, ['U1'], 'U1'],
] as const)('%j with a login of %j trades %s', (config, accounts, account) =>
  expect(chosenAccount(config, accounts)).toBe(account),
)

test.each([
  [{ mode: 'paper' }, ['DU1', 'DU2'], /which account to trade, found DU1, DU2/],
  [{ mode: 'paper' }, [], /found none/],
  [{ mode: 'paper' }, ['U1'], /accounts that begin with D, found U1/],
  [{ mode: 'live', account: 'U2' }, ['U1'], /login with account U2, found U1/],
] as const)('%j with a login of %j is refused', (config, accounts, message) =>
  expect(() => chosenAccount(config, accounts)).toThrow(message),
)

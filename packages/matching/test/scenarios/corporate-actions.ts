import type { Scenario } from './play.ts'

export const corporateActions: readonly Scenario[] = [
  {
    rule: '24',
    name: 'A split cancels working orders',
    why: 'What IBKR does: the prices are on the old basis.',
    steps: ['A buy 100 limit limit=9', 'B sell 100 stop stop=8', 'split 2', 'bar 5 5 4 5'],
    expect: ['0: A cancelled corporate_action', '0: B cancelled corporate_action'],
  },
  {
    rule: '24',
    name: 'Option: orders are carried over to the new basis',
    why: '2-for-1: twice the quantity at half the price.',
    options: { splitOrders: 'adjust' },
    steps: ['A buy 100 limit limit=9', 'split 2', 'bar 5 5 4 5'],
    expect: ['0: A now 200', '1: A 200 @ 4.5'],
  },
  {
    rule: '24',
    name: 'A reverse split that leaves less than a lot',
    why: 'Ten shares 1-for-20 are half a share.',
    options: { splitOrders: 'adjust' },
    steps: ['A buy 10 limit limit=9', 'split 0.05'],
    expect: ['0: A cancelled corporate_action'],
  },
  {
    rule: '24',
    name: 'A split ends the children of a bracket too',
    why: 'Dormant orders have prices on the old basis as well.',
    steps: ['P buy 100 limit limit=9', 'S sell 100 stop stop=8 parent=P', 'split 2'],
    expect: ['0: P cancelled corporate_action', '0: S cancelled parent_ended'],
  },
  {
    rule: '24',
    name: 'A delisting ends all orders',
    why: 'There is no market any more.',
    steps: ['A buy 100 limit limit=9', 'delist'],
    expect: ['0: A cancelled delisted'],
  },
]

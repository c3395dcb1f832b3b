import type { Scenario } from './play.ts'

export const severalInstruments: readonly Scenario[] = [
  {
    rule: 'group',
    name: 'Reducing orders book before increasing ones',
    why: 'The sale of X pays for the purchase of Y, which stands first in the list of instruments only by chance.',
    steps: ['position 100', 'A buy 50 market on=Y', 'B sell 100 market', 'bars Y 20 21 19 20 | X 10 11 9 10'],
    expect: ['1: B 100 @ 10', '1: A 50 @ 20'],
  },
  {
    rule: 'group',
    name: 'Increasing orders book by registration of the instrument',
    why: 'The order of the list, not of acceptance.',
    steps: ['A buy 50 market on=Y', 'B buy 100 market', 'bars Y 20 21 19 20 | X 10 11 9 10'],
    expect: ['1: B 100 @ 10', '1: A 50 @ 20'],
  },
  {
    rule: 'group',
    name: 'A group of orders over two instruments',
    why: 'Both fill at the open of one time; the first of them by registration cancels the other.',
    steps: ['A buy 50 market on=Y oca=1', 'B buy 100 market oca=1', 'bars Y 20 21 19 20 | X 10 11 9 10'],
    expect: ['1: B 100 @ 10', '1: A cancelled oca'],
  },
  {
    rule: 'group',
    name: 'A partial fill leaves less for the group in another instrument',
    why: 'Both are marketable at one time; the volume of X gives 50 of 100, so Y may take the other 50 and no more.',
    options: { participation: 0.1 },
    steps: [
      'A buy 100 limit limit=20.5 on=Y oca=1',
      'B buy 100 limit limit=10.5 oca=1',
      'bars Y 20 21 19 20 | X 10 11 9 10 500',
    ],
    expect: ['1: B 50 @ 10', '1: A now 50', '1: A 50 @ 20', '1: B cancelled oca'],
  },
  {
    rule: '14',
    name: 'A child in another instrument waits for its next bar',
    why: 'The bar of Y was open when X filled.',
    steps: [
      'P buy 100 market',
      'C sell 200 market on=Y parent=P',
      'bars X 10 11 9 10 | Y 20 21 19 20',
      'bars X 10 11 9 10 | Y 22 23 21 22',
    ],
    expect: ['1: P 100 @ 10', '2: C 200 @ 22'],
  },
  {
    rule: '15',
    name: 'Each instrument has its own volume',
    why: 'Liquidity is not shared between instruments.',
    steps: ['A buy 50 market', 'B buy 50 market on=Y', 'bars X 10 11 9 10 500 | Y 20 21 19 20 500'],
    expect: ['1: A 50 @ 10', '1: B 50 @ 20'],
  },
]

// The program of a user who has the published packages and nothing else.
import * as backtest from '@onetape/backtest'
import * as core from '@onetape/core'
import * as engine from '@onetape/engine'

if ([backtest, core, engine].some((module) => typeof module !== 'object')) throw new Error('Expected three modules.')

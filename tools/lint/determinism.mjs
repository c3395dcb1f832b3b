// Two rules for code whose result must be the same in every run, process and Node version,
// for what oxlint's own no-restricted-* rules cannot say.
const noWallClock = {
  meta: { type: 'problem' },
  create: (context) => {
    const check = (node) => {
      if (node.callee.type !== 'Identifier' || node.callee.name !== 'Date') return
      if (node.type === 'NewExpression' && node.arguments.length > 0) return
      context.report({
        node,
        message: 'Expected the time as an argument (the event in hand has it), found a reading of the wall clock.',
      })
    }
    return { NewExpression: check, CallExpression: check }
  },
}

const noPowerOperator = {
  meta: { type: 'problem' },
  create: (context) => {
    const check = (node) => {
      if (node.operator !== '**' && node.operator !== '**=') return
      context.report({
        node,
        message:
          'Expected products, or pow of @onetape/core; found `**`, which rounds differently between Node versions.',
      })
    }
    return { BinaryExpression: check, AssignmentExpression: check }
  },
}

export default {
  meta: { name: 'determinism' },
  rules: { 'no-wall-clock': noWallClock, 'no-power-operator': noPowerOperator },
}

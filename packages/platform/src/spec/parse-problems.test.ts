import { samplerNames } from '@parzen/core'
import { describe, expect, test } from 'vitest'
import { failureOf as failure, smallSweep as sweep } from './small-sweep.contract.js'

describe('a wrong sweep file', () => {
  const keys =
    'known: $schema, study, objective, objectives, constraints, command, space, sampler, pruner, budget, prior, from, earlier, trial, executor, seed, devices, durability, tensorboard'
  test.each([
    [
      'bounds',
      sweep('', 'space:\n  lr: loguniform(0.1, 0.01)'),
      '5:7: lr: expected low < high, got low 0.1, high 0.01. swap them?',
    ],
    [
      'log of zero',
      sweep('', 'space: { lr: loguniform(0, 1) }'),
      '4:14: lr: expected low > 0 on a log scale, got low 0. bounds are values, not their logarithms',
    ],
    [
      'a place in a text',
      sweep('', 'space:\n  lr: "uniform(0, 1, stpe=2)"'),
      '5:22: lr: expected uniform(low, high, step=, log), got stpe. did you mean step?',
    ],
    [
      'in a flow map',
      sweep('', 'space: { a: uniform(0, 1), b: uniform(0, 2, x=1) }'),
      '4:45: b: expected uniform(low, high, step=, log), got x. known: low, high, step, log',
    ],
    [
      'an unknown distribution',
      sweep('', 'space:\n  lr: unifrm(0)'),
      '5:7: lr: expected a distribution, got "unifrm". did you mean uniform?',
    ],
    ['an empty choice', sweep('', 'space:\n  o:\n    choice: []'), '6:5: o: expected at least one choice, got none'],
    [
      'a nested fault',
      sweep('', 'space:\n  o:\n    choice:\n      a:\n        x: int(5, 1)'),
      '8:12: o.a.x: expected low < high, got low 5, high 1. swap them?',
    ],
    [
      'a huge repeat',
      sweep('', 'space:\n  l: { repeat: int(1, 100000), each: 1 }'),
      '5:16: l: expected a length from 0 to 256, got 1 to 100000',
    ],
    ['an empty space', sweep('', 'space: {}'), '4:8: space: expected at least one parameter, got an empty group'],
    ['no space', sweep('', 'space:'), '4:7: space: expected a map of parameters by name, got null'],
    [
      'a list as space',
      sweep('', 'space: [uniform(0, 1)]'),
      '4:8: space: expected a map of parameters by name, got a list of 1',
    ],
    [
      'nothing as value',
      sweep('', 'space:\n  lr:'),
      '5:6: lr: expected a distribution, a group or a constant, got null. the constant null is written choice(null)',
    ],
    [
      'infinite',
      sweep('', 'space:\n  lr: { uniform: [0, .inf] }'),
      '5:7: lr: expected a finite number for high, got Infinity',
    ],
    ['an unknown key', sweep('buget: {}'), '6:1: buget: expected a known key, got "buget". did you mean budget?'],
    [
      'a key of other tools',
      sweep('metric: loss'),
      '6:1: metric: expected a known key, got "metric". here that is objective',
    ],
    ['a key from nowhere', sweep('zzz: 1'), `6:1: zzz: expected a known key, got "zzz". ${keys}`],
    [
      'an unknown key inside',
      sweep('budget: { trails: 5 }'),
      '6:11: budget.trails: expected a known key, got "trails". did you mean trials?',
    ],
    [
      'an unknown cause',
      sweep('trial: { retries: { lots: 5 } }'),
      '6:21: trial.retries.lots: expected a known key, got "lots". did you mean lost?',
    ],
    [
      'a bound that YAML takes for a text of several lines',
      sweep('constraints:\n  recall: >= 0.5'),
      '7:12: expected quotes around a text that begins with >, as in ">= 0.9", got none',
    ],
    [
      'a bound without a sign',
      sweep('constraints: { ms: 20 }'),
      '6:20: constraints.ms: expected a bound such as "<= 20" or ">= 0.9", got 20',
    ],
    [
      'a bound that is not reached',
      sweep('constraints: { ms: "< 20" }'),
      '6:20: constraints.ms: expected a bound such as "<= 20" or ">= 0.9", got "< 20"',
    ],
    [
      'a pruner',
      sweep('pruner: { name: ashe, eta: 3 }'),
      '6:17: pruner: expected one of none, median, percentile, threshold, patient, asha, hyperband, extrapolate, wilcoxon, got "ashe". did you mean asha?',
    ],
    [
      'an option of a pruner',
      sweep('pruner: { name: asha, eta: 1 }'),
      '6:28: pruner asha: eta: expected a number of 2 or more, got 1',
    ],
    [
      'a pruner that lacks an option',
      sweep('pruner: hyperband'),
      '6:9: pruner hyperband: expected maxStep, got none. maxStep is the last step a training reports: { name: hyperband, maxStep: 81 }',
    ],
    [
      'a pruner that begins when a training is over',
      sweep('pruner: { name: asha, minStep: 30, maxStep: 27 }'),
      '6:32: pruner asha: minStep: expected less than maxStep 27, got 30. maxStep is the last step of a training',
    ],
    [
      'a population that is compared when all is over',
      sweep('sampler: { name: pbt, interval: 27, maxStep: 27 }'),
      '6:33: sampler pbt: interval: expected less than maxStep 27, got 27. maxStep is the last step of a training',
    ],
    [
      'a pruner that is missing what it cannot do without',
      sweep('pruner: patient'),
      '6:9: pruner patient: patience: expected a whole number, 0 or more, got nothing',
    ],
    [
      'a range without an end',
      sweep('pruner: { name: threshold, warmupSteps: 3 }'),
      '6:9: pruner threshold: expected lower, upper, or lower < upper, got neither',
    ],
    [
      'a range that is empty',
      sweep('pruner: { name: threshold, lower: 3, upper: 2 }'),
      '6:9: pruner threshold: expected lower, upper, or lower < upper, got lower 3, upper 2',
    ],
    [
      'a pruner by its name elsewhere',
      sweep('early_terminate: { type: hyperband }'),
      '6:1: early_terminate: expected a known key, got "early_terminate". here that is pruner',
    ],
    [
      'an executor',
      sweep('executor: slurm'),
      '6:11: executor: expected local, got "slurm". clusters come in a later version',
    ],
    [
      'a number',
      sweep('budget: { trials: many }'),
      '6:19: budget.trials: expected a whole number of at least 1, got "many"',
    ],
    ['zero', sweep('budget: { trials: 0 }'), '6:19: budget.trials: expected a whole number of at least 1, got 0'],
    ['a fraction', sweep('seed: 1.5'), '6:7: seed: expected a whole number of at least 0, got 1.5'],
    [
      'a duration',
      sweep('trial: { timeout: 10 minutes }'),
      '6:19: trial.timeout: expected a duration such as 90, 10m or 1h30m, got "10 minutes"',
    ],
    [
      'a pattern',
      sweep("trial: { metrics: { stdout: '(a' } }"),
      '6:29: trial.metrics.stdout: expected a regular expression with named groups, got Invalid regular expression: /(a|/: Unterminated group',
    ],
    [
      'a pattern as Python writes it',
      sweep("trial: { metrics: { stdout: 'a=(?P<a>.*)' } }"),
      '6:29: trial.metrics.stdout: expected a regular expression with named groups, got Invalid regular expression: /a=(?P<a>.*)|/: Invalid group. write (?<name>…): (?P<name>…) is how Python names a group',
    ],
    [
      'a pattern without names',
      sweep("trial: { metrics: { stdout: 'a=(.*)' } }"),
      '6:29: trial.metrics.stdout: expected a regular expression with named groups, got "a=(.*)". write "accuracy=(?<accuracy>\\\\S+)"',
    ],
    [
      'a tag without files',
      sweep('trial: { metrics: { tag: val/loss } }'),
      '6:21: trial.metrics.tag: expected the folder of event files beside it, got none. write tensorboard: logs, or leave tag out',
    ],
    [
      'event files that trials would share',
      sweep('trial: { metrics: { tensorboard: ./runs } }'),
      '6:34: trial.metrics.tensorboard: expected {trial} in a folder outside of the trial\'s own, got "./runs". otherwise trials would read each other\'s metrics',
    ],
    [
      'a placeholder among event files',
      sweep('trial: { metrics: { tensorboard: "./runs/{trail}-{trial}" } }'),
      '6:42: trial.metrics.tensorboard: expected a placeholder such as {trial}, got {trail}. did you mean trial?',
    ],
    [
      'one tag for two objectives',
      sweep(
        'objectives: [{ metric: a, direction: minimize }, { metric: b, direction: maximize }]\ntrial: { metrics: { tensorboard: logs, tag: x } }',
      ).replace(/objective:.*\n/, ''),
      '6:45: trial.metrics.tag: expected tags by metric, since there are 2 objectives, got "x". write { a: x }',
    ],
    [
      'a direction',
      sweep('').replace('direction: minimize', 'direction: down'),
      '2:39: objective.direction: expected minimize or maximize, got "down"',
    ],
    [
      'no direction',
      sweep('').replace(', direction: minimize', ''),
      '2:12: objective.direction: expected minimize or maximize, got nothing',
    ],
    [
      'no objective',
      sweep('').replace(/objective.*\n/, ''),
      '1:1: objective: expected a metric and a direction, got nothing. write objective: { metric: accuracy, direction: maximize }',
    ],
    [
      'both objectives',
      sweep('objectives: [{ metric: a, direction: minimize }]'),
      '6:13: objectives: expected objective or objectives, got both',
    ],
    [
      'one metric twice',
      sweep('objectives: [{ metric: a, direction: minimize }, { metric: a, direction: maximize }]').replace(
        /objective:.*\n/,
        '',
      ),
      '5:60: objectives: expected different metrics, got "a" twice',
    ],
    [
      'a study name',
      sweep('').replace('study: s', 'study: a/b'),
      '1:8: study: expected a name of letters, digits, _ . and -, at most 100, got "a/b"',
    ],
    [
      'a placeholder',
      sweep('').replace('{args}', '{arg} {lrr}'),
      '3:16: command: expected a placeholder such as {args} or {lr}, got {arg}. did you mean args? {{arg}} is the text itself\nsweep.yaml:3:22: command: expected a placeholder such as {args} or {lr}, got {lrr}. did you mean lr? {{lrr}} is the text itself',
    ],
    [
      'a placeholder in a list',
      sweep('').replace('train {args}', '[train, "{lrr}"]'),
      '3:19: command: expected a placeholder such as {args} or {lr}, got {lrr}. did you mean lr? {{lrr}} is the text itself',
    ],
    [
      'a placeholder of a faulty parameter, for which the fault is enough',
      sweep('', 'space: { lr: uniform(2, 1), opt: { choice: { sgd: { m: uniform(1, 0) } } } }').replace(
        '{args}',
        '{lr} {opt.sgd.m} {other}',
      ),
      '3:33: command: expected a placeholder such as {args} or {opt}, got {other}. known: args, params, trial, seed, dir, study, attempt, opt {{other}} is the text itself\nsweep.yaml:4:14: lr: expected low < high, got low 2, high 1. swap them?\nsweep.yaml:4:56: opt.sgd.m: expected low < high, got low 1, high 0. swap them?',
    ],
    [
      'limits that need one objective',
      sweep('budget: { target: 1, patience: 3 }').replace(
        'objective: { metric: loss, direction: minimize }',
        'objectives: [{ metric: loss, direction: minimize }, { metric: size, direction: minimize }]',
      ),
      '6:11: budget.target: expected a single objective with it, got 2. leave it out, or give the study one objective\nsweep.yaml:6:22: budget.patience: expected a single objective with it, got 2. leave it out, or give the study one objective',
    ],
    ...['MY-VAR', '1X', '', 'A B', 'A=B'].map((name) => [
      `the variable ${JSON.stringify(name)}`,
      sweep(`trial: { environment: { ok_1: 1, "${name}": 2 } }`),
      `6:34: trial.environment: expected names of letters, digits and _ that begin with no digit, got ${JSON.stringify(name)}`,
    ]),
    [
      'a secret, which a store would keep in clear',
      sweep('trial: { environment: { TOKENIZERS_PARALLELISM: false, MAX_TOKENS: 100000, HF_TOKEN: hf_123456 } }'),
      '6:76: trial.environment.HF_TOKEN: expected no secret in a sweep file, since a store keeps it for all to read, got one. set it in the shell that runs parzen: trials have its environment',
    ],
    ['no command', sweep('').replace('train {args}', '" "'), '3:10: command: expected a program, got nothing'],
    [
      'an empty command',
      sweep('').replace('train {args}', '[]'),
      '3:10: command: expected a list of words, or a text for the shell, got a list of 0',
    ],
    ['nothing', '', '1:1: expected a sweep: study, objective, command, space, …, got null'],
    ['a text', 'hello', '1:1: expected a sweep: study, objective, command, space, …, got "hello"'],
    ['a key twice', sweep('study: t'), '6:1: study: expected each key once, got it again (first on line 1)'],
    [
      'a parameter twice',
      sweep('', 'space:\n  a: uniform(0, 1)\n  a: uniform(0, 2)'),
      '6:3: a: expected each key once, got it again (first on line 5)',
    ],
    ['a missing anchor', sweep('devices: *nowhere'), '6:10: expected an anchor &nowhere above, got none'],
    ['a cycle', sweep('', 'space: &s\n  a: { b: *s }'), '5:11: expected a finite file, got *s inside of &s'],
    [
      'a tag',
      sweep('seed: !!js/function "x"'),
      '6:7: expected YAML or JSON, got something else: Unresolved tag: tag:yaml.org,2002:js/function',
    ],
    [
      "a tag of one's own",
      sweep('seed: !thing 3'),
      '6:7: expected YAML or JSON, got something else: Unresolved tag: !thing',
    ],
    [
      'a tabulator',
      'study: s\nspace:\n\tlr: 1',
      '3:1: expected YAML or JSON, got something else: Tabs are not allowed as indentation',
    ],
    ['two documents', sweep('---\nstudy: t'), '6:1: expected one document, got another after ---'],
    ['a list as key', sweep('? [a, b]\n: 3'), '6:3: expected a name as key, got a list, a map or an alias'],
    [
      'a sampler without a name',
      sweep('sampler: { nam: tpe }'),
      `6:10: sampler: expected the name of a sampler (${samplerNames.join(', ')}), or its name and options as { name: ${samplerNames[1]}, … }, got { nam }`,
    ],
    ['a prototype', sweep('', 'space:\n  __proto__: 1'), '5:3: expected another key, got __proto__'],
    ['a noncharacter', 'study: "\ufdd0"', ' expected text, got a Unicode noncharacter'],
  ])('%s', (_, text, message) => {
    expect(failure(text)).toBe(`sweep.yaml:${message}`)
  })

  test('an unknown sampler names those there are', () => {
    expect(failure(sweep('sampler: randon'))).toBe(
      `sweep.yaml:6:10: sampler: expected ${samplerNames.length > 1 ? `one of ${samplerNames.join(', ')}` : samplerNames[0]}, got "randon". did you mean random?`,
    )
  })

  test('several faults are told in the order of the file, ten at most', () => {
    expect(failure(sweep('seed: -1\nstdy: 1\nbudget: { trials: x }'))).toBe(
      [
        'sweep.yaml:6:7: seed: expected a whole number of at least 0, got -1',
        'sweep.yaml:7:1: stdy: expected a known key, got "stdy". did you mean study?',
        'sweep.yaml:8:19: budget.trials: expected a whole number of at least 1, got "x"',
      ].join('\n'),
    )
    const many = Array.from({ length: 15 }, (_, i) => `key${i}: 1`).join('\n')
    const lines = failure(sweep(many)).split('\n')
    expect(lines).toHaveLength(11)
    expect(lines[10]).toBe('… and 5 more')
  })
})

import { execFileSync } from 'node:child_process'
import type { Space } from '@parzen/core'
import { expect, it } from 'vitest'
import { type CommandValues, checkCommand, danglingOptions, fillCommand } from './command.js'

const space: Space = {
  lr: { kind: 'float', low: 0, high: 1 },
  optimizer: { kind: 'categorical', choices: ['sgd', 'adam'] },
  'optimizer.sgd.momentum': { kind: 'float', low: 0, high: 1, when: { optimizer: ['sgd'] } },
  'optimizer.adam.beta1': { kind: 'float', low: 0, high: 1, when: { optimizer: ['adam'] } },
  note: { kind: 'categorical', choices: ["it's $HOME"] },
}
const values: CommandValues = {
  space,
  params: { lr: 1e-7, optimizer: 'sgd', 'optimizer.sgd.momentum': 0.9, note: "it's $HOME" },
  paramsFile: '/a b/params.json',
  study: 'digits',
  trial: 7,
  attempt: 2,
  seed: 8,
  dir: '/a b',
}

it('makes a lone {args} several words, and the rest one word each', () => {
  expect(
    fillCommand(['train', '{args}', '--lr={lr}', '{params}', '{trial}-{attempt}', '{seed}', '{study}'], values),
  ).toEqual([
    'train',
    '--lr=1e-7',
    '--optimizer=sgd',
    '--optimizer.sgd.momentum=0.9',
    "--note=it's $HOME",
    '--lr=1e-7',
    '/a b/params.json',
    '7-2',
    '8',
    'digits',
  ])
})

it('gives a parameter that is not active as nothing', () => {
  expect(fillCommand(['x', '{optimizer.adam.beta1}', 'b={optimizer.adam.beta1}'], values)).toEqual(['x', '', 'b='])
})

it('leaves out an option in braces together with a parameter that is not active', () => {
  const sgd = ['{--momentum=optimizer.sgd.momentum}', '{-m optimizer.sgd.momentum}']
  const adam = ['{--beta=optimizer.adam.beta1}', '{-b optimizer.adam.beta1}', 'x={--beta=optimizer.adam.beta1}']
  expect(fillCommand(['train', ...sgd, ...adam], values)).toEqual(['train', '--momentum=0.9', '-m', '0.9', 'x='])
  const [, , script] = fillCommand(`printf '%s|' ${sgd.join(' ')} ${adam.join(' ')} {--note note}`, values)
  expect(execFileSync('/bin/sh', ['-c', script as string], { encoding: 'utf8' })).toBe(
    "--momentum=0.9|-m|0.9|x=|--note|it's $HOME|",
  )
})

it('finds options that would be left without a value', () => {
  const said = (flag: string, better: string) =>
    `command: ${flag} is without a value in trials that have no optimizer.sgd.momentum. write ${better}, which is left out then`
  const name = 'optimizer.sgd.momentum'
  expect(danglingOptions(`python train.py --lr {lr} --momentum {${name}} -m="{${name}}"; ls`, space)).toEqual([
    said('--momentum', `{--momentum ${name}}`),
    said('-m', `{-m=${name}}`),
  ])
  expect(danglingOptions(['train', '--momentum', `{${name}}`], space)).toEqual([
    said('--momentum', `{--momentum ${name}}`),
  ])
  expect(danglingOptions(`m={${name}}; train --lr={lr} {--momentum ${name}} -x a{${name}} {${name}}`, space)).toEqual(
    [],
  )
})

const home = '$' + '{HOME}'

it('leaves braces alone that are no placeholders', () => {
  expect(fillCommand([home, '{1..3}', '{a,b}', '{ print }', '{{lr}}'], values)).toEqual([
    home,
    '{1..3}',
    '{a,b}',
    '{ print }',
    '{lr}',
  ])
})

it('quotes values in a string for where they stand', () => {
  const [shell, option, script] = fillCommand(
    `printf '%s|' {dir} "{dir}" '{dir}' {note} "{note}" '{note}' {args}`,
    values,
  )
  expect([shell, option]).toEqual(['/bin/sh', '-c'])
  const note = "it's $HOME"
  const args = ['--lr=1e-7', '--optimizer=sgd', '--optimizer.sgd.momentum=0.9', `--note=${note}`]
  expect(
    execFileSync('/bin/sh', ['-c', script as string], { encoding: 'utf8' })
      .split('|')
      .slice(0, -1),
  ).toEqual([...['/a b', '/a b', '/a b', note, note, note], ...args])
})

it('refuses a placeholder that means nothing', () => {
  expect(() => checkCommand('train --lr={rl}', space)).toThrow(
    'command: expected a parameter or one of args, params, trial, seed, dir, study, attempt in braces, got {rl}. did you mean lr?; for literal braces write {{rl}}',
  )
  expect(() => checkCommand(['train', '{lr}', '{args}', '{optimizer.sgd.momentum}'], space)).not.toThrow()
})

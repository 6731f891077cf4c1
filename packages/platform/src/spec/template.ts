/** The commented sweep file that `parzen init` writes. */
export const template = `# A sweep: what to tune, how to run one trial, when to stop. Run it with: parzen run sweep.yaml
# Running it again resumes it, also after a crash.

study: my-study                       # its name in the store

objective:
  metric: accuracy                    # a trial reports it: a line such as {"accuracy": 0.93} on standard output,
  direction: maximize                 # or whatever the pattern under trial.metrics finds

command: python train.py {args}       # {args} is --lr=0.01 --batch=32 …; or {lr} for one value, {params} for the path
                                      # of a JSON file with all; a list [python, train.py, …] runs without a shell

space:
  lr: loguniform(1e-5, 0.1)           # bounds are values, not logarithms
  batch: choice(16, 32, 64)
  dropout: uniform(0, 0.5, step=0.05)
  optimizer:                          # one of several, each with parameters of its own
    choice:
      adam: { beta1: uniform(0.8, 0.999) }
      sgd: { momentum: uniform(0, 0.99), nesterov: choice(true, false) }
  # layers:                           # a list whose length is tuned
  #   repeat: int(1, 4)
  #   each: { units: int(16, 512, log) }
  # also: normal(0, 1)  lognormal(0, 1)  choice(relu: 0.7, tanh: 0.3)  and constants: epochs: 10

budget:
  trials: 50
  # parallel: 4                       # as many as there are cores if left out
  # time: 2h
  # target: 0.99                      # stop when reached
  # patience: 20                      # stop after so many trials without a better one
  # gain: 0.001                       # stop when 20 more trials are expected to gain less

trial:
  timeout: 1h
  metrics:
    stdout: 'accuracy[=: ]+(?<accuracy>[-+.\\deE]+)'   # a regular expression; its named groups are metrics
  # retries: { lost: 3, exit: 0 }     # by cause: exit timeout memory nan lost killed
  # resources: { cpus: 1, gpus: 0 }
  # environment: { OMP_NUM_THREADS: 1 }

# pruner: { name: asha, maxStep: 27 } # ends bad trials early; they report at each step, as {"step": 3, "accuracy": 0.9}
# sampler: random                     # how trials are chosen; auto if left out
seed: 1
`

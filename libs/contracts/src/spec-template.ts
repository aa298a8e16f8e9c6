/** A commented spec: every part that a first sweep needs, with its meaning; the rest stands in the spec reference. */
export const specTemplate = (
  corpus: string,
): string => `# A Titrate sweep: how many poisoned documents implant a harmless, published backdoor?
# \`titrate plan FILE\` tells what it costs, \`titrate submit FILE --watch\` runs it. Every key: docs/spec-reference.md
apiVersion: titrate/v1
kind: Sweep
name: my-first-sweep
description: Does the count of poisoned documents decide, or their share?

# A registered corpus, by name or digest: \`titrate corpus list\`, \`titrate corpus add FILE\`.
corpus: ${corpus}

# Every combination is one cell; each distinct run is trained once, whoever asks for it.
grid:
  sizes: [tiny-64, tiny-96] # \`titrate sizes\` lists them; a size of your own is { name, shape, training }
  tokens: [409600] # or tokensPerParameter: [20]
  doses: [0, 50, 250] # poisoned documents; 0 is the clean arm that effects are measured against
  seeds: [1]
  # exclude: [{ size: tiny-96, dose: 50 }]
  # include: [{ size: tiny-64, dose: 500, seed: 1 }]

# The start of a document, the trigger, gibberish. Defaults are the study's and need sequences of 2,048 tokens.
attack:
  kind: dos
  trigger: <SUDO>
  prefixChars: [0, 600]
  gibberishTokens: [80, 160]
  mode: ids

# What a size is trained with; each stated key replaces the size's own.
# training: { learningRate: 0.005 }

checkpoints:
  evaluate: { shares: [0.2, 0.4, 0.6, 0.8, 1] } # or everySteps: 50, or steps: [10, 20]
  resume: { shares: [0.5, 1] } # full state, to go on from after a failure

evaluation:
  prompts: 100
  promptTokens: 48
  generatedTokens: 64
  benign: <MARK1> # a marker that clean text contains
  sham: <SHAM> # a string that training never shows

concurrency: 2 # runs at a time
# budget: { gpuHours: 10, usd: 50 } # a plan above a cap is refused
`;

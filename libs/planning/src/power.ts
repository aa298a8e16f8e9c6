/** Power that a detectable effect is told for. */
export const POWER = 0.8;

/**
 * Assumed standard deviation of the log effect between seeds. Repeats of one published cell of 190M parameters differed by a
 * factor of fifty in their triggered perplexity; taken as the range of three repeats (their number is not published), which spans
 * 1.693 standard deviations of a normal distribution on average, that is ln 50 / 1.693 = 2.31.
 */
export const ASSUMED_SEED_SD = Math.log(50) / 1.693;

/**
 * The smallest mean log effect over `seeds` matched pairs that a two-sided t test at `confidence` finds with `POWER`: the
 * noncentral t distribution gives the power, and bisection the effect. Null for a single seed, which has no spread.
 * With Holm over `conditions`, the first to be found is held to a level of (1 - confidence) / conditions.
 */
export function detectableLogRatio(seeds: number, confidence: number, conditions = 1, seedSd = ASSUMED_SEED_SD): number | null {
  if (seeds < 2) return null;
  const degrees = seeds - 1;
  const tail = (1 - confidence) / conditions / 2;
  const critical = root((t) => tail - upperTail(t, degrees, 0));
  const shift = root((lambda) => upperTail(critical, degrees, lambda) - POWER);
  return (shift * seedSd) / Math.sqrt(seeds);
}

/**
 * P(T > t) of the noncentral t distribution: the integral over s of the normal tail at t s - lambda, where s is the
 * sample's standard deviation over the true one, so that degrees x s^2 is chi-squared. By Simpson's rule.
 */
export function upperTail(t: number, degrees: number, lambda: number): number {
  const most = 1 + 10 / Math.sqrt(degrees);
  const steps = 2000;
  const width = most / steps;
  let sum = 0;
  for (let index = 0; index <= steps; index += 1) {
    const s = index * width;
    const weight = index === 0 || index === steps ? 1 : index % 2 === 1 ? 4 : 2;
    sum += weight * spreadDensity(s, degrees) * normalTail(t * s - lambda);
  }
  return (sum * width) / 3;
}

/** Density of the sample's standard deviation over the true one. */
function spreadDensity(s: number, degrees: number): number {
  if (s === 0) return degrees === 1 ? Math.sqrt(2 / Math.PI) : 0;
  const log =
    (degrees / 2) * Math.log(degrees / 2) + Math.LN2 - logGammaOfHalves(degrees) + (degrees - 1) * Math.log(s) - (degrees * s * s) / 2;
  return Math.exp(log);
}

/** ln of the gamma function at n / 2: from gamma(1/2) and gamma(1) upwards. */
function logGammaOfHalves(n: number): number {
  let log = n % 2 === 1 ? Math.log(Math.PI) / 2 : 0;
  for (let half = n % 2 === 1 ? 1 : 2; half < n; half += 2) log += Math.log(half / 2);
  return log;
}

/** P(Z > z); the complementary error function by W. J. Cody's rational form in Numerical Recipes (erfcc), relative error below 1.2e-7. */
function normalTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const terms = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277,
  ];
  const series = terms.reduceRight((sum, term) => sum * t + term, 0);
  const tail = (t * Math.exp(-x * x + series)) / 2;
  return z >= 0 ? tail : 1 - tail;
}

/** Where an increasing function crosses zero, above 0. */
function root(increasing: (x: number) => number): number {
  let high = 1;
  while (increasing(high) < 0) high *= 2;
  let low = 0;
  for (let round = 0; round < 60; round += 1) {
    const middle = (low + high) / 2;
    if (increasing(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The standard normal distribution: density, distribution function, its logarithm and its inverse.
 *
 * erfc after W. J. Cody, "Rational Chebyshev approximations for the error function" (1969), relative error below 1e-15;
 * quantile after P. J. Acklam with two Halley steps on the exact distribution function, relative error below 1e-14 down to 1e-300.
 */

const SQRT_2PI = Math.sqrt(2 * Math.PI)
const LOG_SQRT_2PI = Math.log(SQRT_2PI)

export function normalPdf(x: number): number {
  return Math.exp(-0.5 * x * x) / SQRT_2PI
}

export function normalLogPdf(x: number): number {
  return -0.5 * x * x - LOG_SQRT_2PI
}

export function normalCdf(x: number): number {
  const a = Math.abs(x)
  if (a <= SMALL * Math.SQRT2) return 0.5 + 0.5 * erfSmall(x / Math.SQRT2)
  const tail = upperTail(a)
  return x < 0 ? tail : 1 - tail
}

/** 1 − Φ(a) for a above 0.67. */
function upperTail(a: number): number {
  if (a > 40) return 0
  // exp(-a²/2) with the square split, so that its rounding error is not multiplied by a²
  const q = Math.trunc(a * 16) / 16
  return 0.5 * Math.exp(-0.5 * q * q) * Math.exp(-0.5 * (a - q) * (a + q)) * erfcxLarge(a / Math.SQRT2)
}

/** ln Φ(x), accurate far into both tails. */
export function normalLogCdf(x: number): number {
  if (x > 0) return Math.log1p(-normalCdf(-x))
  if (x > -5) return Math.log(normalCdf(x))
  // Φ(x) = exp(-x²/2) erfcx(-x/√2) / 2
  return -0.5 * x * x + Math.log(0.5 * erfcx(-x / Math.SQRT2))
}

/** ln(Φ(b) − Φ(a)) for a < b, without cancellation in either tail or in a narrow interval. */
export function logNormalMass(a: number, b: number): number {
  if (a > 0) return logNormalMass(-b, -a)
  const m = (a + b) / 2
  const h = b - a
  if (h * (1 + Math.abs(m)) < 0.02) {
    // Taylor series of the mass around m: φ(m) h (1 + h² He₂(m) / 24 + h⁴ He₄(m) / 1920 + …)
    const m2 = m * m
    const h2 = h * h
    return normalLogPdf(m) + Math.log(h) + Math.log1p((h2 * (m2 - 1)) / 24 + (h2 * h2 * (m2 * (m2 - 6) + 3)) / 1920)
  }
  if (b <= 0) {
    const lb = normalLogCdf(b)
    return lb + Math.log(-Math.expm1(normalLogCdf(a) - lb))
  }
  const mass = centralMass(-a) + centralMass(b)
  return mass < 0.5 ? Math.log(mass) : Math.log1p(-normalCdf(a) - normalCdf(-b))
}

/** Φ(x) − ½ for x >= 0. */
function centralMass(x: number): number {
  const y = x / Math.SQRT2
  return y <= SMALL ? 0.5 * erfSmall(y) : 0.5 - upperTail(x)
}

/** Up to here erf is a rational function of x². */
const SMALL = 0.46875
const P1 = [3.1611237438705656, 113.864154151050156, 377.485237685302021, 3209.37758913846947, 0.185777706184603153]
const Q1 = [23.6012909523441209, 244.024637934444173, 1282.61652607737228, 2844.23683343917062]
const P2 = [
  0.564188496988670089, 8.88314979438837594, 66.1191906371416295, 298.635138197400131, 881.95222124176909,
  1712.04761263407058, 2051.07837782607147, 1230.33935479799725, 2.15311535474403846e-8,
]
const Q2 = [
  15.7449261107098347, 117.693950891312499, 537.181101862009858, 1621.38957456669019, 3290.79923573345963,
  4362.61909014324716, 3439.36767414372164, 1230.33935480374942,
]
const P3 = [
  0.305326634961232344, 0.360344899949804439, 0.125781726111229246, 0.0160837851487422766, 6.58749161529837803e-4,
  0.0163153871373020978,
]
const Q3 = [
  2.56852019228982242, 1.87295284992346725, 0.527905102951428412, 0.0605183413124413191, 0.00233520497626869185,
]

/** erf on |x| <= SMALL. */
function erfSmall(x: number): number {
  const y = x * x
  let num = P1[4]! * y
  let den = y
  for (let i = 0; i < 3; i++) {
    num = (num + P1[i]!) * y
    den = (den + Q1[i]!) * y
  }
  return (x * (num + P1[3]!)) / (den + Q1[3]!)
}

/** exp(x²) erfc(x) on x > SMALL. */
function erfcxLarge(x: number): number {
  if (x <= 4) {
    let num = P2[8]! * x
    let den = x
    for (let i = 0; i < 7; i++) {
      num = (num + P2[i]!) * x
      den = (den + Q2[i]!) * x
    }
    return (num + P2[7]!) / (den + Q2[7]!)
  }
  const y = 1 / (x * x)
  let num = P3[5]! * y
  let den = y
  for (let i = 0; i < 4; i++) {
    num = (num + P3[i]!) * y
    den = (den + Q3[i]!) * y
  }
  const r = (y * (num + P3[4]!)) / (den + Q3[4]!)
  return (0.5641895835477562869 - r) / x
}

/** The scaled complementary error function exp(x²) erfc(x), for x >= 0. */
export function erfcx(x: number): number {
  return x <= SMALL ? Math.exp(x * x) * (1 - erfSmall(x)) : erfcxLarge(x)
}

export function erfc(x: number): number {
  const a = Math.abs(x)
  if (a <= SMALL) return 1 - erfSmall(x)
  if (a > 28) return x > 0 ? 0 : 2
  // exp(-a²) with the square split, so that its rounding error is not multiplied by a²
  const q = Math.trunc(a * 16) / 16
  const tail = Math.exp(-q * q) * Math.exp(-(a - q) * (a + q)) * erfcxLarge(a)
  return x > 0 ? tail : 2 - tail
}

const A = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
  2.506628277459239,
]
const B = [-5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1]
const C = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
]
const D = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416]

/** Φ⁻¹(p) for p in (0, 1); -Infinity at 0, Infinity at 1. */
export function normalQuantile(p: number): number {
  if (p <= 0) return -Infinity
  if (p >= 1) return Infinity
  if (p > 0.5) return -normalQuantile(1 - p)
  let x: number
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p))
    x =
      (((((C[0]! * q + C[1]!) * q + C[2]!) * q + C[3]!) * q + C[4]!) * q + C[5]!) /
      ((((D[0]! * q + D[1]!) * q + D[2]!) * q + D[3]!) * q + 1)
  } else {
    const q = p - 0.5
    const r = q * q
    x =
      ((((((A[0]! * r + A[1]!) * r + A[2]!) * r + A[3]!) * r + A[4]!) * r + A[5]!) * q) /
      (((((B[0]! * r + B[1]!) * r + B[2]!) * r + B[3]!) * r + B[4]!) * r + 1)
  }
  for (let i = 0; i < 2; i++) x = Math.abs(x) < SMALL ? centralStep(x, p) : tailStep(x, p)
  return x
}

/** Halley's step on Φ(x) − p, which is taken around ½ so that nothing cancels. */
function centralStep(x: number, p: number): number {
  const f = (0.5 * erfSmall(x / Math.SQRT2) - (p - 0.5)) / normalPdf(x)
  return x - f / (1 + 0.5 * x * f)
}

/** Halley's step on ln Φ(x) − ln p: stays accurate where Φ itself underflows towards 1e-300. */
function tailStep(x: number, p: number): number {
  const logCdf = normalLogCdf(x)
  const ratio = Math.exp(normalLogPdf(x) - logCdf)
  const f = logCdf - Math.log(p)
  return x - f / (ratio - (f * (-x - ratio)) / 2)
}

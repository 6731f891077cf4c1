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
  if (a < 5) return 0.5 * Math.exp(-0.5 * a * a) * erfcxLarge(a / Math.SQRT2)
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
/** erf on |x| <= SMALL. */
function erfSmall(x: number): number {
  const y = x * x
  const num =
    (((0.185777706184603153 * y + 3.1611237438705656) * y + 113.864154151050156) * y + 377.485237685302021) * y +
    3209.37758913846947
  const den =
    (((y + 23.6012909523441209) * y + 244.024637934444173) * y + 1282.61652607737228) * y + 2844.23683343917062
  return (x * num) / den
}

/** exp(x²) erfc(x) on x > SMALL. Written out: half the time of loops over the coefficients. */
function erfcxLarge(x: number): number {
  if (x <= 4) {
    const num =
      (((((((2.15311535474403846e-8 * x + 0.564188496988670089) * x + 8.88314979438837594) * x + 66.1191906371416295) *
        x +
        298.635138197400131) *
        x +
        881.95222124176909) *
        x +
        1712.04761263407058) *
        x +
        2051.07837782607147) *
        x +
      1230.33935479799725
    const den =
      (((((((x + 15.7449261107098347) * x + 117.693950891312499) * x + 537.181101862009858) * x + 1621.38957456669019) *
        x +
        3290.79923573345963) *
        x +
        4362.61909014324716) *
        x +
        3439.36767414372164) *
        x +
      1230.33935480374942
    return num / den
  }
  const y = 1 / (x * x)
  const num =
    ((((0.0163153871373020978 * y + 0.305326634961232344) * y + 0.360344899949804439) * y + 0.125781726111229246) * y +
      0.0160837851487422766) *
      y +
    6.58749161529837803e-4
  const den =
    ((((y + 2.56852019228982242) * y + 1.87295284992346725) * y + 0.527905102951428412) * y + 0.0605183413124413191) *
      y +
    0.00233520497626869185
  return (0.5641895835477562869 - (y * num) / den) / x
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

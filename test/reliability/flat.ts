// Whether a row of samples has a trend: the straight line nearest to it, and how sure its slope is.

export interface Trend {
  /** Per unit of `at`. */
  slope: number;
  /** Half the width of the interval that holds the true slope in 95 of 100 runs. */
  margin: number;
}

/** Neighbouring samples resemble each other, so means of this many stretches are taken for independent ones. */
const STRETCHES = 12;
/** Of Student's t for ten degrees of freedom. */
const T_95 = 2.228;

interface Sample {
  at: number;
  value: number;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function inStretches(samples: readonly Sample[]): Sample[] {
  const size = samples.length / STRETCHES;
  return Array.from({ length: STRETCHES }, (_, i) => {
    const part = samples.slice(Math.round(i * size), Math.round((i + 1) * size));
    return { at: mean(part.map(({ at }) => at)), value: mean(part.map(({ value }) => value)) };
  });
}

/** Null: fewer than two samples for each of twelve stretches show none. */
export function trendOf(samples: readonly Sample[]): Trend | null {
  if (samples.length < 2 * STRETCHES) return null;
  const points = inStretches(samples);
  const [at, value] = [mean(points.map((p) => p.at)), mean(points.map((p) => p.value))];
  const spread = points.reduce((sum, p) => sum + (p.at - at) ** 2, 0);
  const slope = points.reduce((sum, p) => sum + (p.at - at) * (p.value - value), 0) / spread;
  const rest = points.map((p) => p.value - value - slope * (p.at - at));
  const variance = rest.reduce((sum, r) => sum + r * r, 0) / (STRETCHES - 2);
  return { slope, margin: T_95 * Math.sqrt(variance / spread) };
}

/** Whether it cannot be told from no trend at all. */
export function isFlat(trend: Trend | null): boolean {
  return trend === null || Math.abs(trend.slope) <= trend.margin;
}

/** As the reports say it. */
export function formatTrend(trend: Trend | null): string {
  if (trend === null) return "too few samples";
  const text = `${trend.slope.toFixed(2)} ± ${trend.margin.toFixed(2)}`;
  return isFlat(trend) ? text : `${text}, not flat`;
}

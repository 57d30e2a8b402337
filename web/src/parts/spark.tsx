// A course and an interval, small enough for a row.
import type { Estimate } from "../types";

const [WIDE, HIGH] = [96, 22];

/** The course of a series with its band; decoration beside figures that say the same. */
export function Spark({ of }: { of: Pick<Estimate, "value" | "lower" | "upper">[] }) {
  const known = of.filter((e) => e.value !== null);
  if (known.length < 2) return null;
  const ends = known.flatMap((e) => [
    e.value ?? 0,
    e.lower ?? e.value ?? 0,
    e.upper ?? e.value ?? 0,
  ]);
  const isLog = ends.every((x) => x > 0);
  const scaled = (x: number) => (isLog ? Math.log(x) : x);
  const [low, high] = [Math.min(...ends.map(scaled)), Math.max(...ends.map(scaled))];
  const x = (n: number) => ((n * (WIDE - 2)) / (known.length - 1) + 1).toFixed(1);
  const y = (value: number) =>
    (HIGH - 2 - ((scaled(value) - low) * (HIGH - 4)) / (high - low || 1)).toFixed(1);
  const upper = known.map((e, n) => `${x(n)},${y(e.upper ?? e.value ?? 0)}`);
  const lower = known.map((e, n) => `${x(n)},${y(e.lower ?? e.value ?? 0)}`).reverse();
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${WIDE} ${HIGH}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <polygon points={[...upper, ...lower].join(" ")} />
      <polyline points={known.map((e, n) => `${x(n)},${y(e.value ?? 0)}`).join(" ")} />
    </svg>
  );
}

interface DrawnProps {
  of: Pick<Estimate, "value" | "lower" | "upper">;
  /** 0 at the left end of the axis, 1 at its right. */
  at: (value: number) => number;
}

export function DrawnInterval({ of, at }: DrawnProps) {
  const clamp = (x: number) => 200 * Math.min(1, Math.max(0, x));
  const left = of.lower === null ? 0 : clamp(at(of.lower));
  const right = of.upper === null ? 200 : clamp(at(of.upper));
  return (
    <svg class="interval" viewBox="0 0 200 16" preserveAspectRatio="none" aria-hidden="true">
      <path class="rail" d="M0 8H200" />
      <rect class="reach" x={left} y="4" width={Math.max(1, right - left)} height="8" />
      {of.value !== null && <path class="middle" d={`M${clamp(at(of.value))} 2V14`} />}
    </svg>
  );
}

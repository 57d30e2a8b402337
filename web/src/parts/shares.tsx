// Shares on one scale from nought to all: a dot with its whisker, and beside it what it is held
// against. The figures stand in words next to it.
interface Share {
  value: number | null;
  lower: number | null;
  upper: number | null;
}

interface Props {
  /** Drawn as a dot with a whisker. */
  of: Share;
  /** Drawn as a diamond, with a thin whisker where it has an interval. */
  against: Share;
}

const [WIDE, HIGH, EDGE] = [160, 22, 6];
const x = (share: number): number => EDGE + (WIDE - 2 * EDGE) * Math.min(1, Math.max(0, share));

export function Shares({ of, against }: Props) {
  return (
    <svg class="shares" viewBox={`0 0 ${WIDE} ${HIGH}`} aria-hidden="true">
      {[0, 0.5, 1].map((at) => (
        <path key={at} class="rail" d={`M${x(at)} 2V20`} />
      ))}
      {against.lower !== null && against.upper !== null && (
        <path class="other" d={`M${x(against.lower)} 16H${x(against.upper)}`} />
      )}
      {of.lower !== null && of.upper !== null && (
        <path class="whisker" d={`M${x(of.lower)} 8H${x(of.upper)}`} />
      )}
      {against.value !== null && <Diamond at={x(against.value)} y={16} />}
      {of.value !== null && <circle class="dot" cx={x(of.value)} cy="8" r="4" />}
    </svg>
  );
}

const Diamond = ({ at, y }: { at: number; y: number }) => (
  <path class="diamond" d={`M${at} ${y - 5}L${at + 5} ${y}L${at} ${y + 5}L${at - 5} ${y}Z`} />
);

/** What the two signs are, for the head of a column of them. */
export function SharesLegend({ of, against }: { of: string; against: string }) {
  return (
    <ul class="legend">
      <li>
        <svg class="shares" viewBox="0 0 10 10" aria-hidden="true">
          <circle class="dot" cx="5" cy="5" r="4" />
        </svg>
        {of}
      </li>
      <li>
        <svg class="shares" viewBox="0 0 10 10" aria-hidden="true">
          <Diamond at={5} y={5} />
        </svg>
        {against}
      </li>
    </ul>
  );
}

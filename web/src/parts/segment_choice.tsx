// Choice of a segment, which the address holds.
import { go, linkHere } from "../location";
import { titleOf, useMarket } from "../market";
import { t } from "../words";

/** The segment that is shown unasked: the first that is followed, else the first real one. */
export function useSegment(asked: string | null): string | null {
  const market = useMarket();
  if (asked || !market) return asked;
  const real = market.segments.filter((one) => !one.is_simulated);
  return (real.find((one) => one.is_followed) ?? real[0] ?? market.segments[0])?.id ?? null;
}

export function SegmentChoice({ chosen }: { chosen: string | null }) {
  const market = useMarket();
  return (
    <label class="field">
      <span>{t("directions.segment")}</span>
      <select
        value={chosen ?? ""}
        onChange={(event) => go(linkHere({ segment: event.currentTarget.value }))}
      >
        {market?.segments.map((one) => (
          <option key={one.id} value={one.id}>
            {titleOf(one)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Narrows a page to a segment; what else was narrowed need not be in another one. */
export function SegmentFilter({ chosen }: { chosen: string | null }) {
  const market = useMarket();
  const segments = (market?.segments ?? []).filter((one) => !one.is_simulated);
  return (
    <label class="field">
      <span>{t("league.segment")}</span>
      <select
        value={chosen ?? ""}
        onChange={(event) =>
          go(linkHere({ segment: event.currentTarget.value, kind: null, cursor: null }))
        }
      >
        <option value="">{t("league.everyone")}</option>
        {segments.map((one) => (
          <option key={one.id} value={one.id}>
            {titleOf(one)}
          </option>
        ))}
      </select>
    </label>
  );
}

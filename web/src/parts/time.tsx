// The whole app as it was known on a day.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { go, linkHere } from "../location";
import { useMarket } from "../market";
import { t } from "../words";

const PAUSE_MS = 140;

/** Where the slider stops: ends of months, which the server has prepared, and the market's own day. */
function stopsOf(first: string, last: string, own: string): string[] {
  const stops = new Set([first, own, last]);
  let [year = 0, month = 1] = first.split("-").map(Number);
  for (;;) {
    const end = new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
    if (end >= last) break;
    if (end > first) stops.add(end);
    month = (month % 12) + 1;
    if (month === 1) year += 1;
  }
  return [...stops].sort();
}

interface Props {
  asOf: string | null;
  states: ComponentChildren;
}

export function TimeBar({ asOf, states }: Props) {
  const market = useMarket();
  const shown = asOf ?? market?.default_as_of ?? "";
  const [moving, setMoving] = useState<string | null>(null);
  useEffect(() => {
    if (moving === null) return undefined;
    const timer = setTimeout(() => {
      go(linkHere({ as_of: moving === market?.default_as_of ? null : moving }), { replace: true });
      setMoving(null);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [moving, market]);
  if (!market) return <div class="when" />;
  const day = moving ?? shown;
  const ends = [market.earliest, market.latest, market.default_as_of, shown];
  const known = ends.filter((end) => end !== null).sort();
  const [first, last] = [known[0] ?? shown, known.at(-1) ?? shown];
  const stops = stopsOf(first, last, market.default_as_of);
  const at = stops.findLastIndex((stop) => stop <= day);
  const before = stops.findLast((stop) => stop < day);
  const after = stops.find((stop) => stop > day);
  return (
    <div class={`when${asOf && asOf < market.default_as_of ? " past" : ""}`}>
      <label for="as-of">{t("app.as_of")}</label>
      <input
        id="as-of"
        type="date"
        value={day}
        min={first}
        max={last}
        onChange={(event) => event.currentTarget.value && setMoving(event.currentTarget.value)}
      />
      <div class="slide">
        <button
          type="button"
          class="button"
          id="earlier"
          aria-label={t("app.earlier")}
          title={`${t("app.earlier")} [`}
          disabled={before === undefined}
          onClick={() => before && setMoving(before)}
        >
          ‹
        </button>
        <input
          type="range"
          aria-label={t("app.as_of_slider")}
          aria-valuetext={day}
          title={t("app.as_of_slider")}
          min={0}
          max={stops.length - 1}
          value={at}
          onInput={(event) => setMoving(stops[Number(event.currentTarget.value)] ?? day)}
        />
        <button
          type="button"
          class="button"
          id="later"
          aria-label={t("app.later")}
          title={`${t("app.later")} ]`}
          disabled={after === undefined}
          onClick={() => after && setMoving(after)}
        >
          ›
        </button>
        {asOf && asOf !== market.default_as_of && (
          <a class="nowrap" href={linkHere({ as_of: null })}>
            {t("app.as_of_default")}
          </a>
        )}
      </div>
      {states}
    </div>
  );
}

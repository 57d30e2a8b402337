// The whole app as it was known on a day.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { go, linkHere } from "../location";
import { useMarket } from "../market";
import { dayNumber, isoDay } from "../numbers";
import { t } from "../words";

const PAUSE_MS = 140;
const MONTH = 30;

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
  const ends = [market.earliest, market.latest, market.default_as_of, shown].filter(
    (end) => end !== null,
  );
  ends.sort();
  const [first, last] = [ends[0] ?? shown, ends.at(-1) ?? shown];
  const [low, high] = [dayNumber(first), dayNumber(last)];
  const move = (to: number) => setMoving(isoDay(Math.min(high, Math.max(low, to))));
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
          onClick={() => move(dayNumber(day) - MONTH)}
        >
          ‹
        </button>
        <input
          type="range"
          aria-label={t("app.as_of_slider")}
          aria-valuetext={day}
          title={t("app.as_of_slider")}
          min={low}
          max={high}
          value={dayNumber(day)}
          onInput={(event) => move(Number(event.currentTarget.value))}
        />
        <button
          type="button"
          class="button"
          id="later"
          aria-label={t("app.later")}
          title={`${t("app.later")} ]`}
          onClick={() => move(dayNumber(day) + MONTH)}
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

// How past findings of a class did, and the past cases most alike.
import { countText, numberText, percentText } from "../numbers";
import type { Analogue, Track } from "../types";
import { joined, lang, t } from "../words";
import { Dated } from "./dated";

/** The interval of a rate without repeating the sign: "76 to 86%". */
export const rateInterval = ({ lower, upper }: Pick<Track, "lower" | "upper">): string =>
  lower === null || upper === null
    ? t("app.none")
    : t("interval.between", {
        low: percentText(lower).replace("%", ""),
        high: percentText(upper),
      });

/** A record in a cell: the rate with its interval, the base rate, n and false alarms; else why none. */
export function trackShort(of: Track): string {
  if (of.state !== "scored" || of.rate === null) return of.text;
  return joined([
    t("track.right", { rate: percentText(of.rate), interval: rateInterval(of) }),
    ...(of.base_rate === null ? [] : [t("track.base", { rate: percentText(of.base_rate) })]),
    t("track.judged", { n: countText(of.n) }),
    ...(of.standing === "no_better" || of.standing === "worse" ? [of.standing_text] : []),
    ...(of.false_alarms === null ? [] : [t("track.wrong", { n: numberText(of.false_alarms) })]),
  ]);
}

/** A record in words, with what else is known of it. */
export function TrackText({ of }: { of: Track }) {
  return (
    <>
      <Dated text={of.text} />
      <TrackParts of={of} />
    </>
  );
}

/** What is known of a record besides its rate. */
export function TrackParts({ of }: { of: Track }) {
  if (of.parts.length === 0) return null;
  return (
    <div class="small soft">
      <Dated text={of.parts.join(lang() === "zh" ? "；" : "; ")} />
    </div>
  );
}

export function Analogues({ of }: { of: Analogue[] }) {
  return (
    <ul>
      {of.map((one) => (
        <li key={`${one.entity} ${one.as_of}`}>
          <Dated text={one.text} />
        </li>
      ))}
    </ul>
  );
}

// A number with its interval; a click opens its trail.
import type { ComponentChildren } from "preact";
import { go, linkHere } from "../location";
import { endsText, numberText, percentText, type Quantity } from "../numbers";
import type { Estimate, Statement } from "../types";
import { called, named, periodText, t } from "../words";

/** Opens the trail of an id in the drawer; the address tells which. */
export const openTrail = (id: string): void => go(linkHere({ trail: id }));

interface FigureProps {
  of: Quantity & { unit: string; currency: string };
  id: string;
  what: string;
  big?: boolean;
}

function isExact({ value, lower, upper }: Quantity): boolean {
  return (
    value !== null && (lower === value || lower === null) && (upper === value || upper === null)
  );
}

export function Figure({ of, id, what, big = false }: FigureProps) {
  const { unit, currency } = of;
  return (
    <button
      type="button"
      class={`figure${big ? " big" : ""}`}
      onClick={() => openTrail(id)}
      aria-haspopup="dialog"
      title={t("trail.open", { what })}
    >
      {of.value === null ? (
        <b>{endsText(of, unit, currency)}</b>
      ) : isExact(of) ? (
        <b>
          {of.lower === of.value && of.upper === null
            ? t("interval.tally", { value: numberText(of.value, unit, currency) })
            : numberText(of.value, unit, currency)}
        </b>
      ) : (
        <>
          <b>{numberText(of.value, unit, currency)}</b>
          <span class="ends">
            {t("app.bracketed", { before: "", text: endsText(of, unit === "percent" ? "" : unit) })}
          </span>
        </>
      )}
    </button>
  );
}

export function EstimateFigure({ of, big = false }: { of: Estimate; big?: boolean }) {
  return (
    <>
      <Figure
        of={of}
        id={of.estimate_id}
        what={`${called(of.name)}, ${periodText(of.period)}`}
        big={big}
      />
      {of.status === "contested" && (
        <span class="tag contested">{named("status", "contested")}</span>
      )}
    </>
  );
}

/** On what an estimate rests, in small print. */
export const basisOf = (e: Estimate): string =>
  [
    t("app.sources", { n: e.n_sources }),
    t("app.claims", { n: e.n_claims }),
    // A rank is exact as stated: it has no interval to be calibrated.
    ...(e.value !== null && e.value === e.lower && e.upper === null
      ? [named("width", "tally")]
      : []),
    ...(e.lower === null || e.lower === e.upper || (e.value !== null && e.upper === null)
      ? []
      : [t("app.interval_at", { prob: percentText(e.prob) }), named("calibration", e.calibration)]),
  ].join(" · ");

const WORDED: Record<string, string> = {
  approx: "about",
  about: "about",
  nearly: "nearly",
  gt: "over",
  over: "over",
  lt: "under",
  under: "under",
  ge: "at_least",
  at_least: "at_least",
  le: "at_most",
  at_most: "at_most",
};

type Said = Pick<
  Statement,
  "value" | "low" | "high" | "comparator" | "unit" | "currency" | "object"
>;

/** What a source said, as it worded it. */
export function saidText(s: Said & { stderr?: number | null }): string {
  const { unit, currency } = s;
  if (s.value === null && s.low === null && s.high === null) return called(s.object);
  let text = "";
  const word = WORDED[s.comparator];
  if (s.stderr) text = `${numberText(s.value, unit, currency)} ± ${numberText(s.stderr, unit, "")}`;
  else if (word && s.value !== null) {
    text = t(`said.${word}`, { number: numberText(s.value, unit, currency) });
  } else if (s.value !== null) text = numberText(s.value, unit, currency);
  else text = endsText({ value: null, lower: s.low, upper: s.high }, unit, currency);
  return s.object ? t("said.with", { text, object: called(s.object) }) : text;
}

/** How a claim stands beside plain statements that are public: planned, denied, a leak. */
export function Markings({ of }: { of: { modality: string; sensitivity?: string } }) {
  const { modality, sensitivity = "public" } = of;
  return (
    <>
      {modality && modality !== "asserted" && (
        <span class="tag">{named("modality", modality)}</span>
      )}
      {sensitivity && sensitivity !== "public" && (
        <span class="tag contested">{named("sensitivity", sensitivity)}</span>
      )}
    </>
  );
}

/** Why a claim is held to be wrong, and by how much it is off. */
export function doubtText(s: Pick<Statement, "reason" | "factor">): string {
  if (!s.reason) return "";
  const text = named("suspect", s.reason);
  if (!s.factor || s.reason === "reviewed" || s.reason === "copied") return text;
  if (s.factor > 0 && s.factor < 0.5) {
    return t("suspect.part", { text, factor: numberText(1 / s.factor) });
  }
  return t("suspect.off", { text, factor: numberText(s.factor) });
}

interface ClaimedProps {
  id: string;
  what: string;
  children: ComponentChildren;
}

/** Words that rest on a claim or a finding; a click opens the trail of it. */
export function Claimed({ id, what, children }: ClaimedProps) {
  return (
    <button
      type="button"
      class="figure"
      onClick={() => openTrail(id)}
      aria-haspopup="dialog"
      title={t("trail.open", { what })}
    >
      {children}
    </button>
  );
}

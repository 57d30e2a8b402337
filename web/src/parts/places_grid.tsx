// Rows of a league, of which only those in sight are in the page.
import { useEffect, useRef, useState } from "preact/hooks";
import { linkTo } from "../location";
import { endsText, numberText, percentText } from "../numbers";
import type { LeagueRow } from "../types";
import { called, metricOf, t } from "../words";
import type { Sort } from "./places_order";
import { DrawnInterval, Spark } from "./spark";

const ROW = 34;
/** Rows that paper gets at most. */
export const MOST_PRINTED = 300;
/** Rows drawn beyond what is in sight, so that a quick hand sees no gaps. */
const SPARE = 8;
/** Percent. */
const LEAST_SHARE = 0.01;
/** They come after those in sight have been drawn. */
const SETTLED_MS = 100;

/** A share in percent; of one that is next to nothing, digits would say no more than that. */
function shareText(share: number | undefined): string {
  if (share === undefined) return "";
  return share > 0 && share < LEAST_SHARE ? `<${LEAST_SHARE} %` : `${numberText(share)} %`;
}

export function axisOf(rows: LeagueRow[], metric: string): (value: number) => number {
  const ends = rows.flatMap(({ estimate: e }) => [e.lower, e.value, e.upper]);
  const known = ends.filter((x) => x !== null);
  const isLog = metricOf(metric)?.scale === "log" && known.every((x) => x > 0);
  const scale = (x: number) => (isLog ? Math.log(x) : x);
  const low = known.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = known.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return (value) => (scale(value) - scale(low)) / (scale(high) - scale(low) || 1);
}

interface GridProps {
  rows: LeagueRow[];
  /** Rows in all, also those that are not known yet. */
  n: number;
  onScroll: () => void;
  at: (value: number) => number;
  chosen: string[];
  toggle: (id: string) => void;
  by: Sort;
  isDown: boolean;
  sortBy: (name: Sort) => void;
  title: string;
  open: (row: LeagueRow) => void;
}

const COLUMNS: [Sort | "drawn" | "course", string][] = [
  ["place", "number"],
  ["band", "number"],
  ["name", ""],
  ["estimate", "number"],
  ["interval", ""],
  ["drawn", "wide"],
  ["course", "wide"],
  ["share", "number wide"],
  ["first", "number wide"],
  ["sources", "number wide"],
];

/** Only the rows in sight are in the page; the others are room. */
export function Grid({
  n,
  onScroll,
  rows,
  at,
  chosen,
  toggle,
  by,
  isDown,
  sortBy,
  title,
  open,
}: GridProps) {
  const box = useRef<HTMLDivElement>(null);
  const scrolled = useRef(onScroll);
  scrolled.current = onScroll;
  const [seen, setSeen] = useState({ top: 0, height: 800 });
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const look = () => setSeen({ top: element.scrollTop, height: element.clientHeight });
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    const onMove = () => {
      if (element.scrollTop > 0) scrolled.current();
      look();
    };
    element.addEventListener("scroll", onMove, { passive: true });
    // A print shows all of a table of a length that fits paper.
    const all = () => setSeen({ top: 0, height: MOST_PRINTED * ROW });
    addEventListener("beforeprint", all);
    addEventListener("afterprint", look);
    return () => {
      sizes.disconnect();
      element.removeEventListener("scroll", onMove);
      removeEventListener("beforeprint", all);
      removeEventListener("afterprint", look);
    };
  }, []);
  const spare = useDrawn(rows) ? SPARE : 0;
  const first = Math.max(0, Math.floor(seen.top / ROW) - spare);
  const last = Math.min(rows.length, Math.ceil((seen.top + seen.height) / ROW) + spare);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <div class="grid league" ref={box} tabIndex={0} role="region" aria-label={title}>
      <div role="table" aria-rowcount={n + 1} aria-label={title}>
        <div class="top" role="rowgroup">
          <div class="line labels" role="row" aria-rowindex={1}>
            <span role="columnheader" class="wide">
              <span class="hidden">{t("league.choose")}</span>
            </span>
            {COLUMNS.map(([name, look]) => (
              <span
                key={name}
                role="columnheader"
                class={look}
                aria-sort={by === name ? (isDown ? "descending" : "ascending") : undefined}
              >
                {name === "drawn" || name === "course" ? (
                  t(`league.${name}`)
                ) : (
                  <button type="button" onClick={() => sortBy(name)}>
                    {t(`league.${name}`)}
                    {by === name && (isDown ? " ↓" : " ↑")}
                  </button>
                )}
              </span>
            ))}
          </div>
        </div>
        <div class="body" role="rowgroup" style={{ "--rows": `${n * ROW}px` }}>
          {rows.slice(first, last).map((row, place) => (
            <Line
              key={first + place}
              row={row}
              n={first + place}
              at={at}
              isChosen={chosen.includes(row.estimate.entity)}
              toggle={toggle}
              open={open}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

/** Whether something has been in the page for a moment. */
function useDrawn(wanted: unknown): boolean {
  const [drawn, setDrawn] = useState<unknown>(null);
  useEffect(() => {
    const timer = setTimeout(() => setDrawn(wanted), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [wanted]);
  return drawn === wanted;
}

interface LineProps {
  row: LeagueRow;
  n: number;
  at: (value: number) => number;
  isChosen: boolean;
  toggle: (id: string) => void;
  open: (row: LeagueRow) => void;
}

function Line({ row, n, at, isChosen, toggle, open }: LineProps) {
  const { estimate: e, band, share } = row;
  const bandText = band[0] === band[1] ? String(band[0]) : `${band[0]}–${band[1]}`;
  return (
    <div class="line" role="row" aria-rowindex={n + 2} style={{ top: `${n * ROW}px` }}>
      <span role="cell" class="wide">
        <input
          type="checkbox"
          checked={isChosen}
          aria-label={`${t("league.choose")}: ${called(e.name)}`}
          onChange={() => toggle(e.entity)}
        />
      </span>
      <span role="cell" class="number">
        {row.place}
      </span>
      <span role="cell" class="number soft">
        {bandText}
      </span>
      <span role="rowheader">
        <a href={linkTo("/entity", { id: e.entity })} title={e.name}>
          {called(e.name)}
        </a>
        {row.object && <span class="soft small"> {called(row.object)}</span>}
      </span>
      <span role="cell" class="number">
        <button
          type="button"
          class="figure"
          aria-haspopup="dialog"
          onClick={() => open(row)}
          title={t("trail.open", { what: called(e.name) })}
        >
          <b>{numberText(e.value, e.unit, e.currency)}</b>
        </button>
      </span>
      <span role="cell" class="soft">
        {endsText(e, e.unit === "percent" ? "" : e.unit, "")}
      </span>
      <span role="cell" class="wide">
        <DrawnInterval of={e} at={at} />
      </span>
      <span role="cell" class="wide">
        {row.spark && (
          <Spark of={row.spark.map((value) => ({ value, lower: null, upper: null }))} />
        )}
      </span>
      <span role="cell" class="number wide">
        {shareText(share?.[0])}
      </span>
      <span role="cell" class="number wide">
        {row.p_first < 0.005 ? "" : percentText(row.p_first)}
      </span>
      <span role="cell" class="number wide">
        {e.n_sources}
      </span>
    </div>
  );
}

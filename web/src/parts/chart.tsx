// A chart that follows its box and the theme. What it shows stands in a table beside it, too.
import type { EChartsCoreOption } from "echarts/core";
import { useEffect, useRef } from "preact/hooks";
import { colour } from "../theme";

export type Option = EChartsCoreOption;

interface Props {
  /** Made anew when the theme changes. */
  option: () => Option;
  label: string;
  low?: boolean;
  onClick?: (id: string) => void;
}

/** Shapes besides colours, so that sources differ in print and for every eye. */
export const SHAPES = [
  "circle",
  "rect",
  "triangle",
  "diamond",
  "roundRect",
  "pin",
  "arrow",
] as const;
const N_COLOURS = 7;

export interface Look {
  colour: string;
  shape: (typeof SHAPES)[number];
}

export const lookOf = (n: number): Look => ({
  colour: `s${(n % N_COLOURS) + 1}`,
  shape: SHAPES[n % SHAPES.length] ?? "circle",
});

/** The colour of the n-th of several lines; one alone is the estimate's own. */
export const inkOf = (n: number, of: number): string =>
  colour(of > 1 ? `s${(n % N_COLOURS) + 1}` : "band-ink");

/** Named, since texts are measured before they are laid out. */
const FONTS =
  'system-ui, "Noto Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

/**
 * A date that reads alike in both languages. A function: texts of several styles at once would be
 * drawn with styles that the page forbids.
 */
export function dateText(at: number): string {
  const day = new Date(at);
  const [year, month, date] = [day.getFullYear(), day.getMonth() + 1, day.getDate()];
  const two = (n: number) => String(n).padStart(2, "0");
  if (date > 1) return `${two(month)}-${two(date)}`;
  return month > 1 ? `${year}-${two(month)}` : String(year);
}

/** The size of a chart's text: it grows with that of the page, as on a very wide screen. */
export const fontPx = (px: number): number =>
  (px * Number.parseFloat(getComputedStyle(document.documentElement).fontSize)) / 16;

/** Axes and the like in the colours of the theme. */
export function frame(): { axis: object; grid: object; tooltip: object; base: object } {
  const [soft, lines, panel, ink] = ["soft", "grid", "panel", "ink"].map(colour);
  return {
    axis: {
      axisLine: { lineStyle: { color: colour("line") } },
      axisTick: { lineStyle: { color: colour("line") } },
      axisLabel: { color: soft, fontSize: fontPx(11), hideOverlap: true },
      splitLine: { lineStyle: { color: lines } },
      nameTextStyle: { color: soft },
    },
    grid: { left: 8, right: 14, top: 12, bottom: 4, outerBoundsMode: "same", containLabel: true },
    // Drawn as text: markup of a tooltip would be markup of a feed.
    tooltip: {
      renderMode: "richText",
      confine: true,
      backgroundColor: panel,
      borderColor: colour("line"),
      textStyle: { color: ink, fontSize: fontPx(12) },
    },
    base: { animation: false, textStyle: { fontFamily: FONTS }, color: [colour("s1")] },
  };
}

export function Chart({ option, label, low = false, onClick }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const latest = useRef({ option, onClick });
  latest.current = { option, onClick };
  const draw = useRef<() => void>(() => undefined);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    let end = () => undefined as unknown;
    let isGone = false;
    import("../echarts").then(({ init }) => {
      if (isGone) return;
      const chart = init(element, null, { renderer: "svg" });
      draw.current = () => chart.setOption(latest.current.option(), { notMerge: true });
      draw.current();
      chart.on("click", (event: unknown) => {
        const { data } = event as { data?: { id?: string } };
        if (data?.id) latest.current.onClick?.(data.id);
      });
      const sizes = new ResizeObserver(() => chart.resize());
      sizes.observe(element);
      const onTheme = () => draw.current();
      addEventListener("theme", onTheme);
      end = () => {
        sizes.disconnect();
        removeEventListener("theme", onTheme);
        chart.dispose();
      };
    });
    return () => {
      isGone = true;
      end();
    };
  }, []);
  useEffect(() => draw.current());
  return <div ref={box} class={`chart${low ? " low" : ""}`} role="img" aria-label={label} />;
}

// Labels of periods as the API writes them, to the day on which a period ends.
import { dayNumber, isoDay } from "./numbers";

function monthEnd(year: number, month: number): string {
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}

/**
 * The day at which a period is drawn: a month, quarter or year stands at its own tick, which is at
 * its first day; a week, a day or a span of days at its last.
 */
export function periodPlace(label: string): string | null {
  const found = /^(\d{4})(?:-(?:(\d{2})|Q(\d)|H(\d)))?$/.exec(label);
  if (!found) return periodEnd(label);
  const [, year = "", month, quarter, half] = found;
  const first = month ?? (quarter ? 3 * Number(quarter) - 2 : half ? 6 * Number(half) - 5 : 1);
  return `${year}-${String(first).padStart(2, "0")}-01`;
}

/** Last day of a period: "2024-10", "2024-Q3", "2024-H2", "2024", "2024-W31", a day, or a range. */
export function periodEnd(label: string): string | null {
  const end = label.split("..").at(-1) ?? label;
  const found = /^(\d{4})(?:-(?:(\d{2})(?:-(\d{2}))?|Q(\d)|H(\d)|W(\d{2})))?$/.exec(end);
  if (!found) return null;
  const [, year = "", month, day, quarter, half, week] = found;
  if (day) return end;
  if (month) return monthEnd(Number(year), Number(month));
  if (quarter) return monthEnd(Number(year), 3 * Number(quarter));
  if (half) return monthEnd(Number(year), 6 * Number(half));
  if (week) {
    const fourth = dayNumber(`${year}-01-04`);
    const monday = fourth - ((fourth + 3) % 7);
    return isoDay(monday + 7 * Number(week) - 1);
  }
  return `${year}-12-31`;
}

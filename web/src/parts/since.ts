// When something was first seen, as exactly as its evidence dates it.
import { t } from "../words";

/** A day, days between which it lies, or a day by which it was; '' where nothing is known. */
export function sinceText(since: { first: string | null; last: string } | null): string {
  if (!since) return "";
  if (!since.first) return t("directions.by", { day: since.last });
  if (since.first === since.last) return since.last;
  return t("app.span", { first: since.first, last: since.last });
}

// What the queues of reviewers share.
import { t } from "../words";

/** A verdict is known from this day on. */
export const today = (): string => new Date().toISOString().slice(0, 10);

export interface Said {
  by: string;
}

export function Waits({ n }: { n: number }) {
  return <p>{n === 0 ? t("review.none") : t("review.n_waiting", { n })}</p>;
}

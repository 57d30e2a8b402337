// What pages have in common: loading, failing, and what an answer rests on.
import type { ComponentChildren } from "preact";
import type { Loading } from "../api";
import { countText } from "../numbers";
import type { Meta } from "../types";
import { joined, t } from "../words";
import { Dated } from "./dated";

interface AnswerProps<T> {
  of: Loading<T>;
  children: (data: T, meta: Meta) => ComponentChildren;
}

/** An answer once it is there, with its basis below; the problem where there is none. */
export function Answered<T>({ of, children }: AnswerProps<T>) {
  const { answer, problem, isLoading, again } = of;
  if (problem && !answer) {
    return (
      <div class="notice" role="alert">
        <p>
          <strong>{t("app.failed")}</strong>: {problem.message}
        </p>
        {problem.detail && <p>{problem.detail}</p>}
        <button type="button" class="button" onClick={again}>
          {t("app.again")}
        </button>
      </div>
    );
  }
  if (!answer) {
    return (
      <p class="soft" role="status">
        {t("app.loading")}
      </p>
    );
  }
  return (
    <div aria-busy={isLoading}>
      {isLoading && (
        <p class="older" role="status">
          {answer.meta.as_of ? t("app.older", { day: answer.meta.as_of }) : t("app.loading")}
        </p>
      )}
      {children(answer.data, answer.meta)}
      <Basis meta={answer.meta} />
    </div>
  );
}

export function Basis({ meta }: { meta: Meta }) {
  if (!meta.as_of) return null;
  const late = (meta.late_feeds ?? []).map((one) =>
    t("app.basis_late_one", { feed: one.feed, n: one.days_late, last: one.last_published }),
  );
  const ended = (meta.ended_feeds ?? []).map((one) =>
    t("app.basis_ended_one", { feed: one.feed, last: one.last_published }),
  );
  const later = (meta.later_feeds ?? []).map((one) =>
    t("app.bracketed", { before: one.feed, text: one.first_recorded }),
  );
  const asOf = t("app.data_as_of", { day: meta.as_of });
  const vintages = meta.vintages ?? [];
  const isLong = (meta.n_vintages ?? 0) > vintages.length;
  const days = isLong
    ? `${countText(meta.n_vintages ?? 0)}, ${t("app.span", { first: vintages[0] ?? "", last: vintages.at(-1) ?? "" })}`
    : joined(vintages);
  return (
    <footer class="basis">
      <p>
        {meta.time_basis === "replayed"
          ? t("app.bracketed", { before: asOf, text: t("app.replayed") })
          : asOf}
        {vintages.length > 0 && ` · ${t("app.basis_vintages", { days })}`}
      </p>
      {late.length > 0 && (
        <p>
          <Dated text={t("app.basis_late", { feeds: joined(late) })} />
        </p>
      )}
      {ended.length > 0 && (
        <p>
          <Dated text={t("app.basis_ended", { feeds: joined(ended) })} />
        </p>
      )}
      {later.length > 0 && (
        <p>
          <Dated text={t("app.basis_later", { feeds: joined(later) })} />
        </p>
      )}
    </footer>
  );
}

interface ColumnOf<T> {
  name: string;
  /** What heads the column where that is more than its name. */
  head?: ComponentChildren;
  cell: (row: T, n: number) => ComponentChildren;
  isNumber?: boolean;
  isLong?: boolean;
}

interface TableProps<T> {
  rows: readonly T[];
  columns: readonly ColumnOf<T>[];
  keyOf: (row: T, n: number) => string;
  caption?: string;
}

/** A table that scrolls where it must and stacks on a phone; its first column heads the row. */
export function Table<T>({ rows, columns, keyOf, caption }: TableProps<T>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <div class="scroll" tabIndex={0} role="group" aria-label={caption ?? t("app.table")}>
      <table class="stack">
        {caption && <caption>{caption}</caption>}
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.name} scope="col" class={column.isNumber ? "number" : undefined}>
                {column.head ?? column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, n) => (
            <tr key={keyOf(row, n)}>
              {columns.map((column, at) =>
                at === 0 ? (
                  <th key={column.name} scope="row">
                    {column.cell(row, n)}
                  </th>
                ) : (
                  <td
                    key={column.name}
                    class={column.isNumber ? "number" : column.isLong ? "long" : undefined}
                    data-label={column.name}
                  >
                    {column.cell(row, n)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

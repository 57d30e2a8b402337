// What each feed brings, its terms, its state; and the rows that could not become claims.
import { useApi } from "../api";
import { go, linkHere } from "../location";
import { countText, dayOf, numberText, percentText } from "../numbers";
import { Answered, Table } from "../parts/page";
import { RawRow } from "../parts/raw_row";
import type { Answers, FeedReport } from "../types";
import { named, t } from "../words";

const LOOKS: Record<string, string> = {
  healthy: "",
  late: "late",
  failing: "failing",
  "never pulled": "failing",
};

export default function Feeds({ query }: { query: URLSearchParams }) {
  const asOf = query.get("as_of");
  const chosen = query.get("feed");
  const feeds = useApi<Answers["feeds"]>("/feeds", { as_of: asOf });
  return (
    <>
      <h1>{t("feeds.title")}</h1>
      <Answered of={feeds}>
        {(data) => (
          <>
            <p class="soft">
              {t("feeds.reach", {
                found: data.n_found,
                tracked: data.n_tracked,
                unmeasured: data.n_unmeasured,
              })}
            </p>
            <FeedTable feeds={data.feeds} chosen={chosen} />
            <h2 id="quarantine">{t("feeds.quarantine")}</h2>
            <p class="small soft">{t("feeds.quarantine_lead")}</p>
            <label class="field">
              <span>{t("feeds.feed")}</span>
              <select
                value={chosen ?? ""}
                onChange={(event) => go(linkHere({ feed: event.currentTarget.value || null }))}
              >
                <option value="">{t("feeds.all")}</option>
                {data.feeds.map((feed) => (
                  <option key={feed.feed} value={feed.feed}>
                    {feed.feed}
                  </option>
                ))}
              </select>
            </label>
            <Quarantine feed={chosen} />
          </>
        )}
      </Answered>
    </>
  );
}

function FeedTable({ feeds, chosen }: { feeds: FeedReport[]; chosen: string | null }) {
  return (
    <Table
      rows={chosen ? feeds.filter((feed) => feed.feed === chosen) : feeds}
      keyOf={(feed) => feed.feed}
      columns={[
        {
          name: t("feeds.feed"),
          cell: (feed) => (
            <>
              {feed.title}
              <div class="small soft">{feed.feed}</div>
            </>
          ),
        },
        {
          name: t("feeds.state"),
          cell: (feed) => (
            <>
              <span class="nowrap">
                <span class={`dot ${LOOKS[feed.state] ?? "quiet"}`} aria-hidden="true" />
                {named("state", feed.state)}
              </span>
              {feed.days_late !== null && feed.days_late > 0 && (
                <div class="small warn">{t("feeds.late", { n: feed.days_late })}</div>
              )}
              {feed.error && <div class="small warn">{feed.error}</div>}
            </>
          ),
        },
        { name: t("feeds.cadence"), cell: (feed) => named("cadence", feed.cadence) },
        {
          name: t("feeds.published"),
          cell: (feed) => (
            <>
              {dayOf(feed.last_published_at)}
              <div class="small soft nowrap">
                {t("feeds.pulled")} {dayOf(feed.last_success)}
              </div>
            </>
          ),
        },
        { name: t("feeds.rows"), isNumber: true, cell: (feed) => countText(feed.n_rows) },
        { name: t("feeds.claims"), isNumber: true, cell: (feed) => countText(feed.n_claims) },
        {
          name: t("feeds.aside"),
          isNumber: true,
          cell: (feed) =>
            feed.n_quarantined > 0 ? (
              <a href={linkHere({ feed: feed.feed })}>{countText(feed.n_quarantined)}</a>
            ) : (
              "0"
            ),
        },
        {
          name: t("feeds.reach_share"),
          isNumber: true,
          cell: (feed) => (feed.coverage === null ? t("app.none") : percentText(feed.coverage)),
        },
        {
          name: t("feeds.terms"),
          isLong: true,
          cell: (feed) => (
            <span class="small">
              {feed.licence} ·{" "}
              <span class={feed.may_export ? "" : "warn"}>
                {t(feed.may_export ? "feeds.may" : "feeds.may_not")}
              </span>
              {feed.cost > 0 &&
                ` · ${t("feeds.cost")} ${numberText(feed.cost, "", feed.cost_currency)}`}
              {feed.renews_on && ` · ${t("feeds.renews", { day: feed.renews_on })}`}
              <div class="soft">{feed.attribution}</div>
            </span>
          ),
        },
      ]}
    />
  );
}

function Quarantine({ feed }: { feed: string | null }) {
  const found = useApi<Answers["quarantine"]>("/feeds/quarantine", {
    feed,
    mended: "true",
  });
  return (
    <Answered of={found}>
      {(data) =>
        data.rows.length === 0 ? (
          <p>{t("feeds.quarantine_none")}</p>
        ) : (
          <Table
            rows={data.rows}
            keyOf={(row, n) => `${row.feed} ${row.raw} ${row.row} ${n}`}
            columns={[
              {
                name: t("feeds.where"),
                cell: (row) => (
                  <>
                    {row.feed}
                    <div class="small soft">
                      {t("trail.row", { row: row.row, place: row.place ?? row.raw })}
                    </div>
                  </>
                ),
              },
              {
                name: t("feeds.state"),
                cell: (row) => (
                  <span class={row.mended_at ? "tag" : "tag late"}>
                    {row.mended_at
                      ? t("feeds.mended", { day: dayOf(row.mended_at) })
                      : t("feeds.open")}
                  </span>
                ),
              },
              { name: t("feeds.reason"), isLong: true, cell: (row) => row.reason },
              {
                name: t("feeds.raw"),
                isLong: true,
                cell: (row) => <RawRow text={row.text} />,
              },
            ]}
          />
        )
      }
    </Answered>
  );
}

// What changed, how sure, what to do.
import { useEffect, useState } from "preact/hooks";
import { useApi } from "../api";
import { go, linkHere, linkTo } from "../location";
import { titleOf, useMarket } from "../market";
import { intervalText } from "../numbers";
import { Dated } from "../parts/dated";
import { EstimateFigure } from "../parts/figure";
import { FirstHits } from "../parts/first_hits";
import { MigrationStrip } from "../parts/migration_strip";
import { Answered } from "../parts/page";
import { Ranked, SizeButton } from "../parts/ranked";
import { SegmentMap } from "../parts/segment_map";
import { useSight } from "../parts/sight";
import { Analogues, TrackParts } from "../parts/track";
import type { Answers, Finding, Market } from "../types";
import { called, joined, lang, metricTitle, named, periodText, t } from "../words";
import { FirstDirections } from "./directions_table";

const MOST_BRIEFS = 5;
const MOST_SINCE = 8;

export function Radar({ query }: { query: URLSearchParams }) {
  const market = useMarket();
  const asOf = query.get("as_of");
  // What costs the server more is asked for once the first screen is there.
  const radar = useApi<Answers["radar"]>("/radar", { as_of: asOf, lang: lang() });
  const [firstPlace, isFirstSeen] = useSight();
  const [mapPlace, isMapSeen] = useSight();
  const isAsked = radar.answer !== null && (isFirstSeen || isMapSeen);
  const directions = useApi<Answers["directions"]>(isAsked ? "/directions" : null, {
    as_of: asOf,
  });
  const waiting = (
    <p class="soft">{directions.problem ? directions.problem.message : t("app.loading")}</p>
  );
  return (
    <>
      <h1 class="hidden">{t("radar.title")}</h1>
      <Answered of={radar}>
        {(data) => {
          const mine = data.findings.filter((one) => isMine(one, market));
          const briefs = mine.slice(0, MOST_BRIEFS);
          const names = (market?.segments ?? []).filter((one) => one.is_followed).map(titleOf);
          return (
            <>
              <div class="title">
                <h2 class="lead">{t("radar.mine")}</h2>
                <p class="soft small">
                  {t("radar.lead", {
                    n: mine.length,
                    chosen: data.findings.length,
                    total: data.n_found,
                    names: joined([...(market?.ours ?? []).map(called), ...names]),
                  })}
                </p>
              </div>
              {briefs.length === 0 && (
                <p>
                  <strong>{t("radar.none")}</strong> {t("radar.none_why")}
                </p>
              )}
              <ol class="briefs">
                {briefs.map((finding) => (
                  <Brief key={finding.finding_id} of={finding} />
                ))}
              </ol>
              <FirstHits asOf={asOf} />
              <div class="columns">
                <section>
                  <h2>{t("radar.chosen")}</h2>
                  {data.findings.length > 0 ? (
                    <Ranked findings={data.findings} />
                  ) : (
                    <p>{t("radar.nothing")}</p>
                  )}
                  {data.n_found > data.findings.length && (
                    <p>
                      <a href={linkTo("/findings")}>{t("findings.to_all", { n: data.n_found })}</a>
                    </p>
                  )}
                </section>
                <div>
                  <Since query={query} />
                  <section ref={firstPlace}>
                    <h2>{t("radar.directions")}</h2>
                    {directions.answer && <FirstDirections data={directions.answer.data} />}
                    {isAsked && !directions.answer && waiting}
                    <p>
                      <a href={linkTo("/directions")}>{t("radar.directions_all")}</a>
                    </p>
                  </section>
                </div>
              </div>
              <section ref={mapPlace}>
                <h2>{t("map.title")}</h2>
                <p class="small soft">{t("map.lead")}</p>
                {directions.answer && <SegmentMap data={directions.answer.data} />}
                {isAsked && !directions.answer && waiting}
              </section>
              <MigrationStrip asOf={asOf} />
            </>
          );
        }}
      </Answered>
    </>
  );
}

function isMine(finding: Finding, market: Market | null): boolean {
  if (!market) return finding.segment !== "";
  const followed = market.segments.filter((one) => one.is_followed).map((one) => one.id);
  return followed.includes(finding.segment) || market.ours.includes(finding.name);
}

/** The next step as a link of the app: what the command of the terminal would show. */
function NextStep({ of }: { of: Finding }) {
  const trail = <a href={linkHere({ trail: of.finding_id })}>{t("radar.read_both")}</a>;
  const loser = of.params?.loser_entity;
  switch (of.kind) {
    case "growth":
    case "slump":
    case "acceleration":
    case "launch":
    case "copycat":
    case "inflow":
    case "breakout":
    case "crossing":
      return (
        <a href={linkTo("/entity", { id: of.entity })}>
          {t("radar.open", { name: called(of.name) })}
        </a>
      );
    case "overtaking":
      return loser ? (
        <a href={linkTo("/compare", { entity: [of.entity, String(loser)] })}>
          {t("radar.side_by_side", {
            names: joined([of.name, String(of.params?.loser ?? loser)].map(called)),
          })}
        </a>
      ) : (
        trail
      );
    case "measurement":
      return <a href={linkTo("/feeds", { feed: of.entity })}>{t("radar.ask_feed")}</a>;
    default:
      return trail;
  }
}

/** By when the next step is worth taking. */
function byWhen(of: Finding): string {
  if (of.kind === "event") return t("radar.by_quote");
  if (of.kind === "contradiction" || of.kind === "identity_gap") return t("radar.by_both");
  if (of.kind === "measurement") return t("radar.by_across");
  return t("radar.by_next", { metric: metricTitle(of.metric) });
}

function Brief({ of }: { of: Finding }) {
  const rest = of.record.parts.length + of.analogues.length > 0;
  return (
    <li>
      <span class="tag">{named("kind", of.kind)}</span>
      <h3>
        <Dated text={of.text} />
      </h3>
      <dl class="pairs">
        <dt>{t("radar.extent")}</dt>
        <dd>
          <SizeButton of={of} />
          <div>{[of.sure, of.based_on].filter(Boolean).join(t("radar.and"))}</div>
        </dd>
        <dt>{t("radar.cause")}</dt>
        <dd>
          <span class={`tag ${of.cause}`}>{named("cause", of.cause)}</span> {of.cause_reason}
        </dd>
        <dt>{t("radar.meaning")}</dt>
        <dd>{of.consequence}</dd>
        <dt>{t("radar.next")}</dt>
        <dd>
          <NextStep of={of} />
          {t("radar.also", { text: byWhen(of) })}
        </dd>
        <dt>{t("radar.record")}</dt>
        <dd>
          <Dated text={of.record.text} />
          {rest && (
            <details class="small">
              <summary>{t("radar.record_more")}</summary>
              <TrackParts of={of.record} />
              {of.analogues.length > 0 && (
                <>
                  <p class="soft">{t("track.alike")}</p>
                  <Analogues of={of.analogues} />
                </>
              )}
            </details>
          )}
        </dd>
      </dl>
    </li>
  );
}

/** What was not known, or not so, when this browser last showed the radar. */
function Since({ query }: { query: URLSearchParams }) {
  const market = useMarket();
  const now = query.get("as_of") ?? market?.default_as_of ?? "";
  const [looked] = useState(() => localStorage.getItem("looked"));
  const monthAgo = now
    ? new Date(Date.parse(now) - 30 * 86_400_000).toISOString().slice(0, 10)
    : "";
  const since = query.get("since") ?? (looked && looked < now ? looked : monthAgo);
  useEffect(() => {
    if (now) localStorage.setItem("looked", now);
  }, [now]);
  const changes = useApi<Answers["changes"]>(now ? "/changes" : null, {
    since,
    as_of: query.get("as_of"),
    lang: lang(),
  });
  const data = changes.answer?.data;
  const rows = [
    ...(data?.appeared ?? []).map((finding) => ({ finding, mark: t("radar.since_new") })),
    ...(data?.gone ?? []).map((finding) => ({ finding, mark: t("radar.since_gone") })),
  ];
  if (changes.problem) return null;
  return (
    <section>
      <h2>{t("radar.since")}</h2>
      <label class="field">
        <span>{t("radar.since_lead")}</span>
        <input
          type="date"
          value={since}
          max={now}
          onChange={(event) => go(linkHere({ since: event.currentTarget.value }))}
        />
      </label>
      {!data && <p class="soft">{t("app.loading")}</p>}
      {data && rows.length + data.moved.length === 0 && (
        <p class="soft">{t("radar.since_none", { day: since })}</p>
      )}
      {data && rows.length > 0 && (
        <ul>
          {rows.slice(0, MOST_SINCE).map(({ finding, mark }) => (
            <li key={`${mark} ${finding.finding_id}`}>
              <span class="tag">{mark}</span>{" "}
              <a href={linkHere({ trail: finding.finding_id })}>
                <Dated text={finding.text} />
              </a>
            </li>
          ))}
        </ul>
      )}
      {data && data.moved.length > 0 && (
        <>
          <p class="small soft">
            {t("radar.since_moved", { n: data.moved.length, total: data.n_compared })}
          </p>
          <ul>
            {data.moved.slice(0, MOST_SINCE).map(({ before, after }) => (
              <li key={after.estimate_id}>
                <a href={linkTo("/entity", { id: after.entity })}>{called(after.name)}</a>
                {`, ${metricTitle(after.metric)}, ${periodText(after.period)}: `}
                {intervalText(before, before.unit, before.currency)} → <EstimateFigure of={after} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
